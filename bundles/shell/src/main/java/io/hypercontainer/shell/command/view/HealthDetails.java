// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Timestamp;
import java.util.List;
import java.util.stream.Stream;

/** A container's health and its check as {@code inspect} shows them, in docker's fields. */
final class HealthDetails {
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    private HealthDetails() {}

    static Fields of(Health health) {
        return new Fields()
                .put("Status", health.status().toString())
                .put("FailingStreak", (long) health.failingStreak())
                .put("Log", health.log().stream().map(HealthDetails::check).toList());
    }

    private static Fields check(Health.Check check) {
        return new Fields()
                .put("Start", Timestamp.nanos(check.start()))
                .put("End", Timestamp.nanos(check.end()))
                .put("ExitCode", (long) check.exitCode())
                .put("Output", check.output());
    }

    static Fields of(HealthCheck check) {
        return new Fields()
                .put("Test", test(check.test()))
                .put("Interval", check.interval().toNanos())
                .put("Timeout", check.timeout().toNanos())
                .put("StartPeriod", check.startPeriod().toNanos())
                .put("Retries", (long) check.retries());
    }

    private static List<String> test(List<String> words) {
        return words.size() == SHELL.size() + 1 && words.subList(0, SHELL.size()).equals(SHELL)
                ? List.of("CMD-SHELL", words.getLast())
                : Stream.concat(Stream.of("CMD"), words.stream()).toList();
    }
}
