// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes: {@code 512m}, {@code 1.5g}, {@code 1048576}, {@code 64MiB}. */
public final class SizeOption {
    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{1,19}(?:\\.\\d{1,9})?) ?([kmgtp])?i?b?", Pattern.CASE_INSENSITIVE);

    private SizeOption() {}

    /**
     * @param option the option's name, for the message
     * @param text what was written
     * @return bytes, at least 1; powers of 1024, as docker has it
     * @throws InvalidSpec if it is malformed
     */
    public static long parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            String unit = matcher.group(2);
            int power = unit == null ? 0 : "kmgtp".indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
            BigDecimal bytes =
                    new BigDecimal(matcher.group(1))
                            .multiply(BigDecimal.valueOf(1L << (10 * power)));
            if (bytes.compareTo(BigDecimal.ONE) >= 0
                    && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return bytes.longValue();
            }
        }
        throw new InvalidSpec(
                "invalid size '"
                        + text
                        + "' for "
                        + option
                        + ": give a number above 0 with b, k, m or g behind it, as in 512m");
    }
}
