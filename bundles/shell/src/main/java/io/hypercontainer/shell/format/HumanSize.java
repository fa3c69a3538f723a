// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.util.Locale;

/** Sizes for people. */
public final class HumanSize {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private HumanSize() {}

    /**
     * Powers of 1000, as for images and disks: {@code 4.26MB}.
     *
     * @param bytes zero or more
     * @return three significant digits
     */
    public static String decimal(long bytes) {
        return format(bytes, 1000, DECIMAL, 3);
    }

    /**
     * Powers of 1024, as for memory: {@code 23.51MiB}.
     *
     * @param bytes zero or more
     * @return four significant digits
     */
    public static String binary(long bytes) {
        return format(bytes, 1024, BINARY, 4);
    }

    private static String format(long bytes, int base, String[] units, int digits) {
        double value = bytes;
        int unit = 0;
        // As rounded: 999.9 of a unit would be printed with one digit too many.
        while (value >= base - 0.5 * Math.pow(10, 3 - digits) && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        int whole = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
        var number = String.format(Locale.ROOT, "%." + Math.max(0, digits - whole) + "f", value);
        if (number.contains(".")) {
            number = number.replaceFirst("\\.?0+$", "");
        }
        return number + units[unit];
    }
}
