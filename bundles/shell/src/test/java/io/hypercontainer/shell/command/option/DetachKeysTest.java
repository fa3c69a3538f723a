// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''            | 1011",
                "ctrl-p,ctrl-q | 1011",
                "a             | 61",
                "ctrl-a,a,Z    | 01615a",
                "ctrl-A        | 01",
                "ctrl-@,ctrl-[ | 001b",
                "ctrl-\\       | 1c",
                "ctrl-],ctrl-^ | 1d1e",
                "ctrl-_,DEL    | 1f7f",
            })
    void understands(String text, String bytes) {
        assertThat(
                        DetachKeys.parse(text).bytes().stream()
                                .map(b -> HexFormat.of().toHexDigits(b))
                                .collect(Collectors.joining()))
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "ab", "ctrl-", "ctrl-aa", "ctrl-1", "strg-a", "é", "ctrl-a,"})
    void refuses(String text) {
        assertThatThrownBy(() -> DetachKeys.parse(text))
                .hasMessageStartingWith("invalid detach keys '" + text + "': ");
    }
}
