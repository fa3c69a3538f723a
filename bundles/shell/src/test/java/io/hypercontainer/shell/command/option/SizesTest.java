// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "512m, 536870912",
        "1g, 1073741824",
        "1.5G, 1610612736",
        "64MiB, 67108864",
        "64mb, 67108864",
        "1048576, 1048576",
        "1b, 1",
        "1k, 1024",
        "2T, 2199023255552",
        "10 kb, 10240"
    })
    void understandsSizes(String text, long bytes) {
        assertThat(SizeOption.parse("--memory", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "0m", "-1m", "lots", "1x", "m", "1.5.5m", "1e3", "99999999999999p"})
    void refusesSizes(String text) {
        assertThatThrownBy(() -> SizeOption.parse("--memory", text))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(
                        "invalid size '%s' for --memory: give a number above 0 with b, k, m or g"
                                + " behind it, as in 512m",
                        text);
    }

    @ParameterizedTest
    @CsvSource({"1, 1.0", "1.5, 1.5", "0.25, 0.25", ".5, 0.5"})
    void understandsCpus(String text, double cpus) {
        assertThat(CpusOption.parse(text)).isEqualTo(cpus);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0.0", "-1", "two", "NaN", "1e3", "Infinity"})
    void refusesCpus(String text) {
        assertThatThrownBy(() -> CpusOption.parse(text))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("'" + text + "' for --cpus");
    }
}
