// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.HostSize;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    @ParameterizedTest
    @ValueSource(strings = {"ab", "web-1", "a.b_c", "0x"})
    void takesDockersContainerNames(String name) {
        assertThat(Grammar.containerName(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "-ab", "_ab", "a b", "a/b", "ä1", "ab\n"})
    void refusesOtherContainerNames(String name) {
        assertThatThrownBy(() -> Grammar.containerName(name)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void madeUpNamesAreValidAndVary() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            String name = MadeUpNames.next(random);
            assertThat(Grammar.containerName(name)).matches("[a-z]+_[a-z]+");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TERM,15",
        "SIGTERM,15",
        "sigkill,9",
        "1,1",
        "64,64",
        "RTMIN,34",
        "SIGRTMIN+3,37",
        "RTMAX-1,63",
        "IOT,6",
        "POLL,29",
        "SYS,31"
    })
    void knowsSignalsByNameAndNumber(String signal, int number) {
        assertThat(Signals.number(signal)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "0", "65", "-1", "NOPE", "RTMIN+31", "RTMAX-31", "RTMIN+"})
    void refusesOtherSignals(String signal) {
        assertThatThrownBy(() -> Signals.number(signal)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void machinesHaveWholeMebibytesAndCpus() {
        MachineSize size = new MachineSize((256L << 20) + 1, 1.5);
        assertThat(size.memoryBytes()).isEqualTo(257L << 20);
        assertThat(size.virtualCpus()).isEqualTo(2);
        assertThat(size.milliCpus()).isEqualTo(1500);
        assertThat(new MachineSize(256L << 20, 2).milliCpus()).isZero();
        assertThat(new MachineSize(256L << 20, 0.25).virtualCpus()).isEqualTo(1);
    }

    @Test
    void refusesMachinesThatCannotBoot() {
        assertThatThrownBy(() -> new MachineSize(64L << 20, 1)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> new MachineSize(256L << 20, 0)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> new MachineSize(256L << 20, Double.NaN))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> new MachineSize(256L << 20, 3).within(new HostSize(1L << 40, 2)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("more than the host has (2)");
        assertThatThrownBy(() -> new MachineSize(512L << 20, 1).within(new HostSize(256L << 20, 2)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("256 MiB");
    }
}
