// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.runtime.RestartPolicy.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartDecisionTest {
    @ParameterizedTest
    @CsvSource({
        // policy, retries, exit code, restarts before, stopped by a user, restarted
        "NO,             0, 1, 0, false, false",
        "ALWAYS,         0, 0, 0, false, true",
        "ALWAYS,         0, 1, 9, false, true",
        "ALWAYS,         0, 1, 0, true,  false",
        "UNLESS_STOPPED, 0, 0, 0, false, true",
        "UNLESS_STOPPED, 0, 0, 0, true,  false",
        "ON_FAILURE,     0, 0, 0, false, false",
        "ON_FAILURE,     0, 1, 0, false, true",
        "ON_FAILURE,     0, 1, 9, false, true",
        "ON_FAILURE,     2, 1, 1, false, true",
        "ON_FAILURE,     2, 1, 2, false, false",
        "ON_FAILURE,     2, 1, 0, true,  false",
    })
    void afterTheEnd(
            Kind kind, int retries, int code, int restarts, boolean stopped, boolean restarted) {
        assertThat(
                        RestartDecision.afterEnd(
                                new RestartPolicy(kind, retries),
                                new ExitStatus(code, 0, false, Instant.EPOCH),
                                restarts,
                                stopped))
                .isEqualTo(restarted);
    }

    @Test
    void aSignalIsAFailure() {
        assertThat(
                        RestartDecision.afterEnd(
                                new RestartPolicy(Kind.ON_FAILURE, 0),
                                new ExitStatus(0, 11, false, Instant.EPOCH),
                                0,
                                false))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "NO,             false, false",
        "ON_FAILURE,     false, false",
        "ALWAYS,         false, true",
        "ALWAYS,         true,  true",
        "UNLESS_STOPPED, false, true",
        "UNLESS_STOPPED, true,  false",
    })
    void atTheStartOfTheDaemon(Kind kind, boolean stopped, boolean started) {
        assertThat(RestartDecision.atDaemonStart(new RestartPolicy(kind, 0), stopped))
                .isEqualTo(started);
    }

    @Test
    void waitsTwiceAsLongEachTimeAndAMinuteAtMost() {
        List<Long> waits = new ArrayList<>();
        Duration wait = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            wait = BackOff.next(wait, Duration.ofSeconds(9));
            waits.add(wait.toMillis());
        }
        assertThat(waits)
                .containsExactly(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 51200L, 60000L,
                        60000L);
        assertThat(BackOff.next(wait, Duration.ofSeconds(10))).hasMillis(100);
    }
}
