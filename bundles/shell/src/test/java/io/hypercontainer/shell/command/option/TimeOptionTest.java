// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeOptionTest {
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T07:00:00Z, 2026-11-24T07:00:00Z",
        "2026-11-24T07:00:00.25Z, 2026-11-24T07:00:00.25Z",
        "2026-11-24T07:00:00+02:00, 2026-11-24T05:00:00Z",
        "2026-11-24T07:00:00, 2026-11-24T07:00:00Z",
        "2026-11-24T07:00, 2026-11-24T07:00:00Z",
        "2026-11-24, 2026-11-24T00:00:00Z",
        "1136073600, 2006-01-01T00:00:00Z",
        "1136073600.5, 2006-01-01T00:00:00.5Z",
        "10m, 2026-11-24T07:50:00Z",
        "1h30m, 2026-11-24T06:30:00Z",
        "1.5s, 2026-11-24T07:59:58.5Z",
        "500ms, 2026-11-24T07:59:59.5Z"
    })
    void understands(String text, Instant expected) {
        assertThat(TimeOption.parse("--since", text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "10x", "2026-13-01", "1h30", "T", "-5m"})
    void refuses(String text) {
        assertThatThrownBy(() -> TimeOption.parse("--since", text, NOW))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("invalid time '" + text + "' for --since: ");
    }
}
