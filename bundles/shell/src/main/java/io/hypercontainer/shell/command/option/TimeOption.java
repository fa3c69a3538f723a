// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * A point in time: {@code 2026-11-24T08:00:00Z} (also shorter, then UTC), seconds since 1970, or
 * how long ago, as {@code 1h30m}.
 */
public final class TimeOption {
    private static final Pattern UNIX = Pattern.compile("\\d{1,11}(\\.\\d{1,9})?");

    private TimeOption() {}

    /**
     * @param option the option's name, for the message
     * @param text what was written
     * @param now the present
     * @return the point in time
     * @throws InvalidSpec if it is malformed
     */
    public static Instant parse(String option, String text, Instant now) {
        try {
            if (UNIX.matcher(text).matches()) {
                return Instant.EPOCH.plus(DurationOption.seconds(new BigDecimal(text)));
            }
            if (DurationOption.matches(text)) {
                return now.minus(DurationOption.parse(option, text));
            }
            if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
                return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            return text.matches(".*T.*(Z|[+-]\\d{2}:\\d{2})")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new InvalidSpec(
                    "invalid time '"
                            + text
                            + "' for "
                            + option
                            + ": give 2006-01-02T15:04:05Z, seconds since 1970, or how long ago as"
                            + " in 10m",
                    e);
        }
    }
}
