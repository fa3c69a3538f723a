// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimestampTest {
    private static final Instant INSTANT = Instant.parse("2026-11-24T08:00:00.5Z");

    @Test
    void writesSecondsAsDockerDoes() {
        assertThat(Timestamp.seconds(INSTANT)).isEqualTo("2026-11-24 08:00:00 +0000 UTC");
    }

    @Test
    void writesNanosecondsInFull() {
        assertThat(Timestamp.nanos(INSTANT)).isEqualTo("2026-11-24T08:00:00.500000000Z");
    }
}
