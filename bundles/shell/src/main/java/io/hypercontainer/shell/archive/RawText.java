// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** File names are bytes, not text. A raw name holds one byte a {@code char}. */
public final class RawText {
    private RawText() {}

    /**
     * @param text what a person wrote
     * @return the raw name
     */
    public static String of(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    /**
     * @param bytes a name
     * @return the raw name
     */
    public static String of(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    /**
     * @param raw a raw name
     * @return its bytes
     */
    public static byte[] bytes(String raw) {
        return raw.getBytes(ISO_8859_1);
    }

    /**
     * @param raw a raw name
     * @return for people
     */
    public static String text(String raw) {
        return new String(raw.getBytes(ISO_8859_1), UTF_8);
    }
}
