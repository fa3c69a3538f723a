// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "999, 999B",
        "1000, 1kB",
        "1234, 1.23kB",
        "4268435, 4.27MB",
        "100000000, 100MB",
        "5000000000, 5GB",
        "999999, 1000kB"
    })
    void writesSizesOfData(long bytes, String text) {
        assertThat(HumanSize.decimal(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "1023, 1023B",
        "1024, 1KiB",
        "13107200, 12.5MiB",
        "134217728, 128MiB",
        "25281888256, 23.55GiB"
    })
    void writesSizesOfMemory(long bytes, String text) {
        assertThat(HumanSize.binary(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-5S, Less than a second",
        "PT0.9S, Less than a second",
        "PT1S, 1 second",
        "PT59S, 59 seconds",
        "PT60S, About a minute",
        "PT119S, About a minute",
        "PT120S, 2 minutes",
        "PT59M59S, 59 minutes",
        "PT60M, About an hour",
        "PT89M, About an hour",
        "PT90M, 2 hours",
        "PT47H, 47 hours",
        "PT48H, 2 days",
        "P13D, 13 days",
        "P14D, 2 weeks",
        "P59D, 8 weeks",
        "P60D, 2 months",
        "P729D, 24 months",
        "P730D, 2 years"
    })
    void writesSpansOfTime(Duration span, String text) {
        assertThat(HumanTime.span(span)).isEqualTo(text);
    }

    @Test
    void writesPointsOfTime() {
        Instant then = Instant.parse("2026-11-24T08:00:00.5Z");
        assertThat(HumanTime.ago(then, then.plusSeconds(180))).isEqualTo("3 minutes ago");
        assertThat(HumanTime.full(then)).isEqualTo("2026-11-24 08:00:00 +0000 UTC");
        assertThat(HumanTime.nanos(then)).isEqualTo("2026-11-24T08:00:00.500000000Z");
    }
}
