// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points and spans of time for people. */
public final class HumanTime {
    private static final DateTimeFormatter LONG =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter NANOS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private HumanTime() {}

    /**
     * @param span a span of time
     * @return {@code About a minute}, {@code 3 hours}, {@code 2 weeks}
     */
    public static String span(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        long hours = (span.toMinutes() + 30) / 60;
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds == 1) {
            return "1 second";
        } else if (seconds < 60) {
            return seconds + " seconds";
        } else if (seconds < 120) {
            return "About a minute";
        } else if (seconds < 3600) {
            return seconds / 60 + " minutes";
        } else if (hours == 1) {
            return "About an hour";
        } else if (hours < 48) {
            return hours + " hours";
        } else if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        } else if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        } else if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return hours / 24 / 365 + " years";
    }

    /**
     * @param then a point in the past
     * @param now the present
     * @return {@code 3 hours ago}
     */
    public static String ago(Instant then, Instant now) {
        return span(Duration.between(then, now)) + " ago";
    }

    /**
     * @param instant a point in time
     * @return {@code 2026-11-24 08:00:00 +0000 UTC}
     */
    public static String full(Instant instant) {
        return LONG.format(instant);
    }

    /**
     * @param instant a point in time
     * @return {@code 2026-11-24T08:00:00.000000000Z}, all of the same length
     */
    public static String nanos(Instant instant) {
        return NANOS.format(instant);
    }
}
