// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void readsOneOrMorePerHeader() {
        assertThat(
                        Challenge.parse(
                                List.of(
                                        "Bearer realm=\"https://a/b?c=d\", service=\"s, \\\"t\\\"\","
                                                + " Scope=x, Basic realm=r",
                                        "basic")))
                .containsExactly(
                        new Challenge(
                                "bearer",
                                Map.of(
                                        "realm",
                                        "https://a/b?c=d",
                                        "service",
                                        "s, \"t\"",
                                        "scope",
                                        "x")),
                        new Challenge("basic", Map.of("realm", "r")),
                        new Challenge("basic", Map.of()));
    }

    @Test
    void leavesOutWhatItCannotRead() {
        assertThat(Challenge.parse(List.of("", "\"\"", "=", "x".repeat(10_000)))).isEmpty();
        assertThat(Challenge.parse(List.of("Bearer realm=\"unfinished")))
                .singleElement()
                .extracting(Challenge::scheme)
                .isEqualTo("bearer");
        assertThat(Challenge.parse(List.of("a=\"" + "\\".repeat(8000)))).isEmpty();
    }
}
