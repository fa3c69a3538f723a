// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.HealthOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides how a container is checked, from what its user and its image want. */
public final class HealthResolver {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private HealthResolver() {}

    /**
     * @param options what the user wants
     * @param image what the image wants
     * @return how it is checked, if it is
     * @throws InvalidSpec if a value is not valid
     */
    public static Optional<HealthCheck> resolve(
            HealthOptions options, Optional<ImageConfig.Healthcheck> image) {
        Optional<List<String>> test = options.test().or(() -> image.flatMap(HealthResolver::test));
        boolean details =
                options.interval().isPresent()
                        || options.timeout().isPresent()
                        || options.startPeriod().isPresent()
                        || options.retries().isPresent();
        if (options.disabled()) {
            if (details || options.test().isPresent()) {
                throw new InvalidSpec("a health check is described and forbidden at the same time");
            }
            return Optional.empty();
        }
        if (test.isEmpty()) {
            if (details) {
                throw new InvalidSpec(
                        "a health check is described, but neither the options nor the image name"
                                + " its command");
            }
            return Optional.empty();
        }
        return Optional.of(check(test.get(), options, image));
    }

    private static HealthCheck check(
            List<String> test, HealthOptions options, Optional<ImageConfig.Healthcheck> image) {
        if (test.isEmpty() || test.getFirst().isEmpty()) {
            throw new InvalidSpec("the command of the health check is empty");
        }
        Grammar.words(test, "health check");
        int retries =
                options.retries()
                        .filter(n -> n != 0)
                        .or(() -> image.map(ImageConfig.Healthcheck::retries).filter(n -> n != 0))
                        .orElse(HealthCheck.RETRIES);
        if (retries < 0) {
            throw new InvalidSpec("a health check cannot have " + retries + " retries");
        }
        return new HealthCheck(
                test,
                time(
                        "interval",
                        options.interval(),
                        image.map(ImageConfig.Healthcheck::intervalNanos),
                        HealthCheck.INTERVAL),
                time(
                        "timeout",
                        options.timeout(),
                        image.map(ImageConfig.Healthcheck::timeoutNanos),
                        HealthCheck.TIMEOUT),
                time(
                        "start period",
                        options.startPeriod(),
                        image.map(ImageConfig.Healthcheck::startPeriodNanos),
                        Duration.ZERO),
                retries);
    }

    /** Zero means that somebody else decides. */
    private static Duration time(
            String what, Optional<Duration> option, Optional<Long> image, Duration otherwise) {
        Duration time =
                option.filter(t -> !t.isZero())
                        .or(() -> image.filter(n -> n != 0).map(Duration::ofNanos))
                        .orElse(otherwise);
        if (!time.isZero() && time.compareTo(SHORTEST) < 0) {
            throw new InvalidSpec(
                    "the " + what + " of a health check cannot be less than 1 ms: " + time);
        }
        return time;
    }

    private static Optional<List<String>> test(ImageConfig.Healthcheck image) {
        List<String> words = image.test();
        if (words.size() < 2) {
            return Optional.empty();
        }
        List<String> args = words.subList(1, words.size());
        return switch (words.getFirst()) {
            case "CMD" -> Optional.of(args);
            case "CMD-SHELL" ->
                    Optional.of(Stream.concat(SpecResolver.SHELL.stream(), args.stream()).toList());
            default -> Optional.empty();
        };
    }
}
