// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code HEALTHCHECK NONE}, or {@code HEALTHCHECK [--interval=30s …] CMD …}. */
final class HealthInstruction {
    private static final Pattern OPTION =
            Pattern.compile("--([a-z-]+)=(\\S+)\\s+(.*)", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("(?i:CMD)\\s+(.+)", Pattern.DOTALL);
    private static final Pattern TIME =
            Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ns|us|µs|ms|s|m|h)");

    private HealthInstruction() {}

    /**
     * @param command parses a command line
     * @return the health check; empty for none
     */
    static Optional<ImageConfig.Healthcheck> parse(
            String text, Function<String, List<String>> command) {
        if (text.strip().equalsIgnoreCase("NONE")) {
            return Optional.empty();
        }
        long interval = 0;
        long timeout = 0;
        long startPeriod = 0;
        int retries = 0;
        String rest = text;
        for (Matcher option = OPTION.matcher(rest);
                option.matches();
                option = OPTION.matcher(rest)) {
            String value = option.group(2);
            switch (option.group(1)) {
                case "interval" -> interval = nanos(value);
                case "timeout" -> timeout = nanos(value);
                case "start-period" -> startPeriod = nanos(value);
                case "retries" -> retries = retries(value);
                default ->
                        throw new InvalidSpec(
                                "--"
                                        + option.group(1)
                                        + " is not one of --interval, --timeout, --start-period,"
                                        + " --retries");
            }
            rest = option.group(3);
        }
        Matcher test = COMMAND.matcher(rest);
        if (!test.matches()) {
            throw new InvalidSpec("it is neither NONE nor [--interval=TIME …] CMD COMMAND");
        }
        return Optional.of(
                new ImageConfig.Healthcheck(
                        Stream.concat(Stream.of("CMD"), command.apply(test.group(1)).stream())
                                .toList(),
                        interval,
                        timeout,
                        startPeriod,
                        retries));
    }

    private static int retries(String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw new InvalidSpec("--retries=" + text + " is no number");
        }
        return Integer.parseInt(text);
    }

    /** As Go writes them: {@code 1m30s}. */
    private static long nanos(String text) {
        Matcher part = TIME.matcher(text);
        double nanos = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            nanos += Double.parseDouble(part.group(1)) * unit(part.group(2));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw new InvalidSpec("'" + text + "' is no time such as 30s or 1m30s");
        }
        return (long) nanos;
    }

    private static double unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            default -> 3600e9;
        };
    }
}
