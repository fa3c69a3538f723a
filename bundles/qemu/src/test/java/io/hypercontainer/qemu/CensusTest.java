// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmState;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is on the host is found with records and without, and removed when told so. */
class CensusTest extends LiveTest {
    @Test
    void aMachineIsFoundWithAllThatItHas() throws Exception {
        assertThat(driver.census()).isEmpty();
        var machine = launch(withShare("one"));

        assertThat(owned("one")).contains("process").contains("record");
        if (driver.capabilities().contains(Capability.SHARE)) {
            assertThat(owned("one")).contains("file").doesNotContain("mount");
        }

        machine.kill();
        assertThat(driver.census()).isEmpty();
    }

    @Test
    void aMachineThatNothingTellsOfIsFoundAndEnded() throws Exception {
        var machine = launch(withShare("one"));
        var other = launch(plain("two"));
        driver.deactivate();
        Files.delete(root.resolve("qemu/machines/one.json"));
        driver = new QemuHypervisor(Configuration.tcg(), root);
        assertThat(owned("one")).contains("process").doesNotContain("record");

        for (var holding : driver.census()) {
            if (holding instanceof Holding.Owned owned && owned.owner().equals("one")) {
                driver.dispose(owned);
            }
        }

        assertThat(owned("one")).isEmpty();
        assertThat(processesBelow(machine.record().directory())).isEmpty();
        assertThat(ends(driver.adopt(other.record()).orElseThrow()).state())
                .isEqualTo(VmState.RUNNING);
        // What is gone stays gone, and its socket files are the owner's of the folder.
        driver.dispose(new Holding.Owned("process", "0", "one"));
        try (var files = Files.newDirectoryStream(machine.record().directory())) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    @Test
    void whatTheDriverBeforeThisOneEndsIsNotCounted() throws Exception {
        var machine = launch(plain("one"));
        driver.deactivate();
        driver = new QemuHypervisor(Configuration.tcg(), root);
        assertThat(owned("one")).contains("record");

        machine.kill();

        assertThat(driver.census()).isEmpty();
    }

    @Test
    void whoWatchesAMachineIsToldOfItsDisposal() throws Exception {
        var machine = launch(plain("one"));

        driver.dispose(new Holding.Owned("process", "any", "one"));

        assertThat(machine.waitForExit(Duration.ofSeconds(60))).isPresent();
        assertThat(driver.census()).isEmpty();
    }

    @Test
    void whatAProbeLeftIsRemovedAtTheStartOrWhenTold() throws Exception {
        var probe = Files.createDirectories(root.resolve("qemu/probe/boot-probe-1"));
        Files.writeString(probe.resolve("console.log"), "dead");
        assertThat(driver.census())
                .containsExactly(
                        new Holding.Left("file", probe.toString(), "left from a probe of KVM"));

        driver.census().forEach(driver::dispose);

        assertThat(probe).doesNotExist();
        Files.createDirectory(probe);
        driver = new QemuHypervisor(Configuration.tcg(), root);
        assertThat(probe).doesNotExist();
    }

    @Test
    void aProbeThatOutlivedItsDaemonIsEnded() throws Exception {
        // As a probe starts its guest, and then loses its daemon.
        var machine = launch(plain(BootProbe.ID));
        driver.deactivate();

        driver = new QemuHypervisor(Configuration.tcg(), root);

        assertThat(processesBelow(machine.record().directory())).isEmpty();
        assertThat(driver.census()).isEmpty();
    }

    @Test
    void aDamagedRecordIsTold() throws Exception {
        var folder = Files.createDirectories(root.resolve("qemu/machines"));
        Files.writeString(folder.resolve("one.json"), "{}");

        driver = new QemuHypervisor(Configuration.tcg(), root);

        assertThat(driver.census())
                .singleElement()
                .isInstanceOf(Holding.Wrong.class)
                .extracting(Holding::subject)
                .asString()
                .endsWith("one.json.damaged");
        driver.census().forEach(driver::dispose);
        assertThat(folder.resolve("one.json.damaged")).exists();
        Files.delete(folder.resolve("one.json.damaged"));
    }

    private io.hypercontainer.api.hypervisor.VmSpec withShare(String id) throws Exception {
        if (!driver.capabilities().contains(Capability.SHARE)) {
            return plain(id);
        }
        var folder = Files.createDirectories(root.resolve("data"));
        return spec(id, List.of(), List.of(), List.of(new Share("data", folder, true)));
    }

    private List<String> owned(String machine) {
        return driver.census().stream()
                .filter(h -> h instanceof Holding.Owned o && o.owner().equals(machine))
                .map(Holding::kind)
                .toList();
    }
}
