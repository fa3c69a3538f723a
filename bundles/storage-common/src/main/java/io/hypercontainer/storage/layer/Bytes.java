// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import java.nio.charset.StandardCharsets;

/**
 * Byte strings. Names in a tar and in a file system are bytes without an encoding, so they are kept
 * as strings of characters 0 to 255: compact in the heap, comparable in the order the kernel wants
 * (unsigned bytes), and unchanged from input to output.
 */
public final class Bytes {
    /** A message names a path; it does not repeat a megabyte of one. */
    private static final int SHOWN = 200;

    private Bytes() {}

    public static String of(byte[] data, int offset, int length) {
        return new String(data, offset, length, StandardCharsets.ISO_8859_1);
    }

    public static byte[] toArray(String bytes) {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** For messages: read as UTF-8, cut, control characters escaped. */
    public static String show(String bytes) {
        String text = new String(toArray(bytes), StandardCharsets.UTF_8);
        var shown = new StringBuilder("'");
        text.codePoints()
                .limit(SHOWN)
                .forEach(c -> {
                    if (Character.isISOControl(c)) {
                        shown.append(String.format("\\u%04x", c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                });
        if (text.codePointCount(0, text.length()) > SHOWN) {
            shown.append("...");
        }
        return shown.append('\'').toString();
    }
}
