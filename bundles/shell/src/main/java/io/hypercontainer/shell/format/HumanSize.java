// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers of bytes for people. */
public final class HumanSize {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private HumanSize() {}

    /**
     * @param bytes a size of data, such as an image
     * @return {@code 4.27MB}: powers of 1000, three digits
     */
    public static String decimal(long bytes) {
        return format(bytes, 1000, DECIMAL, 3);
    }

    /**
     * @param bytes a size of memory
     * @return {@code 12.25MiB}: powers of 1024, four digits
     */
    public static String binary(long bytes) {
        return format(bytes, 1024, BINARY, 4);
    }

    private static String format(long bytes, int base, String[] units, int digits) {
        double size = bytes;
        int unit = 0;
        while (size >= base && unit < units.length - 1) {
            size /= base;
            unit++;
        }
        return BigDecimal.valueOf(size)
                        .round(new MathContext(digits))
                        .stripTrailingZeros()
                        .toPlainString()
                + units[unit];
    }
}
