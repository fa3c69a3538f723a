// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.HealthOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthResolverTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Optional<ImageConfig.Healthcheck> image(String... test) {
        return Optional.of(
                new ImageConfig.Healthcheck(
                        List.of(test),
                        Duration.ofSeconds(5).toNanos(),
                        Duration.ofSeconds(6).toNanos(),
                        0,
                        0));
    }

    private static HealthOptions options(Duration interval, int retries, String... test) {
        return new HealthOptions(
                false,
                test.length == 0 ? Optional.empty() : Optional.of(List.of(test)),
                Optional.of(interval),
                Optional.empty(),
                Optional.of(SECOND),
                Optional.of(retries));
    }

    @Test
    void nothingIsCheckedThatNobodyWants() {
        assertThat(HealthResolver.resolve(HealthOptions.OF_IMAGE, Optional.empty())).isEmpty();
        assertThat(HealthResolver.resolve(HealthOptions.OF_IMAGE, image("NONE"))).isEmpty();
        assertThat(HealthResolver.resolve(HealthOptions.OF_IMAGE, image("true"))).isEmpty();
        assertThat(HealthResolver.resolve(HealthOptions.OF_IMAGE, image("HUH", "true"))).isEmpty();
        HealthOptions none =
                new HealthOptions(
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        assertThat(HealthResolver.resolve(none, image("CMD", "true"))).isEmpty();
    }

    @Test
    void theImageDecidesWhatTheUserLeavesOpen() {
        assertThat(HealthResolver.resolve(HealthOptions.OF_IMAGE, image("CMD", "a", "b")))
                .contains(
                        new HealthCheck(
                                List.of("a", "b"),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                Duration.ZERO,
                                3));
        assertThat(HealthResolver.resolve(options(SECOND, 7), image("CMD-SHELL", "a || b")))
                .contains(
                        new HealthCheck(
                                List.of("/bin/sh", "-c", "a || b"),
                                SECOND,
                                Duration.ofSeconds(6),
                                SECOND,
                                7));
    }

    @Test
    void theDefaultsAreDockers() {
        assertThat(HealthResolver.resolve(options(Duration.ZERO, 0, "mine"), Optional.empty()))
                .contains(
                        new HealthCheck(
                                List.of("mine"),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(30),
                                SECOND,
                                3));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> HealthResolver.resolve(options(SECOND, 1), Optional.empty()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("name its command");
        assertThatThrownBy(() ->
                        HealthResolver.resolve(
                                options(Duration.ofNanos(1), 1, "x"), Optional.empty()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("interval");
        assertThatThrownBy(() -> HealthResolver.resolve(options(SECOND, -1, "x"), Optional.empty()))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> HealthResolver.resolve(options(SECOND, 1, ""), Optional.empty()))
                .isInstanceOf(InvalidSpec.class);
        HealthOptions both =
                new HealthOptions(
                        true,
                        Optional.of(List.of("x")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        assertThatThrownBy(() -> HealthResolver.resolve(both, Optional.empty()))
                .isInstanceOf(InvalidSpec.class);
    }
}
