// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A span of time as Go writes it: {@code 1h30m}, {@code 500ms}. */
public final class DurationOption {
    private static final Pattern PART =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h)");

    private DurationOption() {}

    /**
     * @param text anything
     * @return whether it is a span of time
     */
    static boolean matches(String text) {
        return text.equals("0") || text.matches("(" + PART.pattern() + "){1,8}");
    }

    /**
     * @param option the option's name, for the message
     * @param text what was written
     * @return the span of time
     * @throws InvalidSpec if it is malformed
     */
    public static Duration parse(String option, String text) {
        if (!matches(text)) {
            throw new InvalidSpec(
                    "invalid duration '" + text + "' for " + option + ": give 1m30s or 500ms");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            BigDecimal number = new BigDecimal(part.group(1));
            sum =
                    sum.plus(
                            switch (part.group(2)) {
                                case "ns" -> seconds(number.movePointLeft(9));
                                case "us", "µs" -> seconds(number.movePointLeft(6));
                                case "ms" -> seconds(number.movePointLeft(3));
                                case "s" -> seconds(number);
                                case "m" -> seconds(number.multiply(BigDecimal.valueOf(60)));
                                default -> seconds(number.multiply(BigDecimal.valueOf(3600)));
                            });
        }
        return sum;
    }

    static Duration seconds(BigDecimal seconds) {
        long whole = seconds.longValue();
        long nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
        return Duration.ofSeconds(whole, nanos);
    }
}
