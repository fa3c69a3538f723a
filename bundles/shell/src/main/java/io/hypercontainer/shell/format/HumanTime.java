// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.time.Duration;

/** Spans of time for people. */
public final class HumanTime {
    private static final int HOURS_OF_TWO_DAYS = 48;
    private static final int DAYS_OF_TWO_WEEKS = 14;
    private static final int DAYS_OF_TWO_MONTHS = 60;
    private static final int DAYS_OF_TWO_YEARS = 730;

    private HumanTime() {}

    /**
     * How long ago: {@code 5 minutes ago}.
     *
     * @param span from then until now
     * @return in words
     */
    public static String ago(Duration span) {
        return span(span) + " ago";
    }

    /**
     * How long: {@code About an hour}, {@code 3 days}.
     *
     * @param span zero or more; less counts as zero, since clocks are set back at times
     * @return in words
     */
    public static String span(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        long minutes = seconds / 60;
        long hours = Math.round(seconds / 3600.0);
        long days = hours / 24;
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds < 60) {
            return count(seconds, "second");
        } else if (minutes < 2) {
            return "About a minute";
        } else if (minutes < 60) {
            return count(minutes, "minute");
        } else if (hours < 2) {
            return "About an hour";
        } else if (hours < HOURS_OF_TWO_DAYS) {
            return count(hours, "hour");
        } else if (days < DAYS_OF_TWO_WEEKS) {
            return count(days, "day");
        } else if (days < DAYS_OF_TWO_MONTHS) {
            return count(days / 7, "week");
        } else if (days < DAYS_OF_TWO_YEARS) {
            return count(days / 30, "month");
        }
        return count(days / 365, "year");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }
}
