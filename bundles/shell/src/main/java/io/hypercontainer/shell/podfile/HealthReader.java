// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.shell.command.option.DurationOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads a container's {@code healthCheck}; a test may be written as docker and compose have it. */
final class HealthReader {
    private static final long MOST_RETRIES = 1000;
    private static final Duration LONGEST = Duration.ofDays(366);

    private HealthReader() {}

    static HealthOptions of(Section container) {
        Optional<Section> there = container.section("healthCheck");
        if (there.isEmpty()) {
            return HealthOptions.OF_IMAGE;
        }
        Section section = there.get();
        boolean disabled = section.flag("disabled").orElse(false);
        Optional<List<String>> test = section.words("test");
        if (test.isPresent() && test.get().equals(List.of("NONE"))) {
            disabled = true;
            test = Optional.empty();
        }
        Optional<List<String>> program = test.flatMap(words -> program(section, words));
        HealthOptions options =
                new HealthOptions(
                        disabled,
                        program,
                        time(section, "interval"),
                        time(section, "timeout"),
                        duration(section, "startPeriod"),
                        section.number("retries", 1, MOST_RETRIES).map(Long::intValue));
        section.end();
        if (disabled && !options.equals(off())) {
            section.problem("", "says that there is no check, and how to make it");
        }
        return options;
    }

    private static HealthOptions off() {
        HealthOptions none = HealthOptions.OF_IMAGE;
        return new HealthOptions(
                true,
                none.test(),
                none.interval(),
                none.timeout(),
                none.startPeriod(),
                none.retries());
    }

    /** {@code CMD} in front changes nothing; what is behind {@code CMD-SHELL} is for a shell. */
    private static Optional<List<String>> program(Section section, List<String> words) {
        List<String> program = words;
        if (!words.isEmpty() && words.getFirst().equals("CMD")) {
            program = words.subList(1, words.size());
        } else if (words.size() == 2 && words.getFirst().equals("CMD-SHELL")) {
            program = List.of("/bin/sh", "-c", words.getLast());
        }
        if (program.isEmpty() || program.getFirst().isEmpty()) {
            section.problem("test", "has no program");
            return Optional.empty();
        }
        return Optional.of(program);
    }

    private static Optional<Duration> time(Section section, String field) {
        Optional<Duration> time = duration(section, field);
        if (time.isPresent() && time.get().isZero()) {
            section.problem(field, "must be above 0");
        }
        return time;
    }

    private static Optional<Duration> duration(Section section, String field) {
        Optional<Duration> time = section.text(field, t -> DurationOption.parse(field, t));
        if (time.isPresent() && time.get().compareTo(LONGEST) > 0) {
            section.problem(field, "is longer than a year");
            return Optional.empty();
        }
        return time;
    }
}
