// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Probe;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DriverSlotTest {
    private final DriverSlot<Driver> impatient = new DriverSlot<>("hypervisor", Duration.ZERO);

    @Test
    void prefersHighRankingThenAgeAmongTheUsable() {
        add(impatient, "young", true, 0, 2);
        add(impatient, "old", true, 0, 1);
        assertThat(impatient.standard("").name()).isEqualTo("old");
        add(impatient, "broken", false, 9, 3);
        add(impatient, "preferred", true, 5, 4);
        assertThat(impatient.standard("").name()).isEqualTo("preferred");
        assertThat(impatient.standard("young").name()).isEqualTo("young");
    }

    @Test
    void aMissingDriverIsNamedWithThoseThatAreThere() {
        assertThatThrownBy(() -> impatient.await("xen"))
                .isInstanceOf(Unavailable.class)
                .hasMessage(
                        "there is no hypervisor driver 'xen' (there are none): start its bundle,"
                                + " or install it with 'driver install'");
        add(impatient, "qemu", false, 0, 1);
        assertThatThrownBy(() -> impatient.await("xen")).hasMessageContaining("(there is qemu)");
        assertThatThrownBy(() -> impatient.standard("")).hasMessageContaining("can work here");
    }

    @Test
    void aDriverThatIsBeingReplacedIsWaitedFor() throws Exception {
        DriverSlot<Driver> patient = new DriverSlot<>("hypervisor", Duration.ofMinutes(1));
        Driver old = add(patient, "qemu", true, 0, 1);
        patient.slot().remove(old);
        CompletableFuture<String> caller =
                CompletableFuture.supplyAsync(() -> patient.await("qemu").name());
        add(patient, "other", true, 0, 2);
        Driver replacement = add(patient, "qemu", true, 0, 3);
        assertThat(caller.get()).isEqualTo("qemu");
        assertThat(patient.await("qemu")).isSameAs(replacement);
    }

    private static Driver add(
            DriverSlot<Driver> slot, String name, boolean usable, int ranking, long age) {
        Driver driver =
                new Driver() {
                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public Probe probe() {
                        return usable ? Probe.usable(Map.of()) : Probe.unusable("it is broken");
                    }
                };
        slot.slot().add(new Plugged<>(driver, ranking, age, "bundle 1.0.0"));
        return driver;
    }
}
