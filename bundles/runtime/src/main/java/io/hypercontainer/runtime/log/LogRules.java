// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.LogSpec;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What users may ask of a container's log, and what that means. */
public final class LogRules {
    private static final String FILES = "json-file";
    private static final String NONE = "none";
    private static final String SIZE = "max-size";
    private static final String COUNT = "max-file";
    private static final Pattern BYTES =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?) ?([kmgt])?(i)?b?");
    private static final int MOST_FILES = 1000;

    private LogRules() {}

    /**
     * @param spec what the user wants
     * @return the same, with its driver decided
     * @throws InvalidSpec if there is no such driver or option
     */
    public static LogSpec resolve(LogSpec spec) {
        String driver = spec.driver().filter(d -> !d.isEmpty()).orElse(FILES);
        if (!driver.equals(FILES) && !driver.equals(NONE)) {
            throw new InvalidSpec(
                    "there is no log driver '" + driver + "': choose " + FILES + " or " + NONE);
        }
        Set<String> known = driver.equals(FILES) ? Set.of(SIZE, COUNT) : Set.of();
        for (String option : spec.options().keySet()) {
            if (!known.contains(option)) {
                throw new InvalidSpec(
                        "log driver "
                                + driver
                                + " has no option '"
                                + option
                                + "'"
                                + (known.isEmpty() ? "" : ": it has " + SIZE + " and " + COUNT));
            }
        }
        LogSpec resolved = new LogSpec(Optional.of(driver), spec.options());
        limits(resolved, new LogLimits(0, 1));
        return resolved;
    }

    /**
     * @param spec what was resolved
     * @param defaults what is kept where it says nothing
     * @return how much is kept; empty for nothing
     */
    public static Optional<LogLimits> limits(LogSpec spec, LogLimits defaults) {
        if (spec.driver().filter(NONE::equals).isPresent()) {
            return Optional.empty();
        }
        Map<String, String> options = spec.options();
        long bytes =
                options.containsKey(SIZE)
                        ? bytes(options.getOrDefault(SIZE, ""))
                        : defaults.fileBytes();
        int files =
                options.containsKey(COUNT)
                        ? files(options.getOrDefault(COUNT, ""))
                        : defaults.files();
        return Optional.of(new LogLimits(bytes, files));
    }

    /** As docker reads it: {@code 10m} is ten million, {@code 10mi} are mebibytes. */
    private static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text.toLowerCase(Locale.ROOT));
        if (matcher.matches() && !(matcher.group(2) == null && matcher.group(3) != null)) {
            String unit = matcher.group(2);
            int power = unit == null ? 0 : "kmgt".indexOf(unit) + 1;
            BigDecimal step = BigDecimal.valueOf(matcher.group(3) == null ? 1000 : 1024);
            BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(step.pow(power));
            if (bytes.compareTo(BigDecimal.ONE) >= 0
                    && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return bytes.longValue();
            }
        }
        throw new InvalidSpec(
                "log option "
                        + SIZE
                        + "="
                        + text
                        + " is no size: give a number above 0 with k, m or g, as in 10m");
    }

    private static int files(String text) {
        if (text.matches("\\d{1,4}")) {
            int files = Integer.parseInt(text);
            if (files >= 1 && files <= MOST_FILES) {
                return files;
            }
        }
        throw new InvalidSpec(
                "log option " + COUNT + "=" + text + " is no number from 1 to " + MOST_FILES);
    }
}
