// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives, also such as no honest tool writes. */
public final class TarBuilder {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public TarBuilder file(String name, byte[] content) {
        return entry('0', name, "", content);
    }

    public TarBuilder file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public TarBuilder folder(String name) {
        return entry('5', name, "", new byte[0]);
    }

    public TarBuilder symbolicLink(String name, String target) {
        return entry('2', name, target, new byte[0]);
    }

    public TarBuilder hardLink(String name, String target) {
        return entry('1', name, target, new byte[0]);
    }

    /** An extension header with records of pax. */
    public TarBuilder pax(String... keysAndValues) {
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            String tail = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
            int length = tail.length() + 1;
            while (length != tail.length() + String.valueOf(length).length()) {
                length = tail.length() + String.valueOf(length).length();
            }
            records.append(length).append(tail);
        }
        return entry('x', "pax", "", records.toString().getBytes(StandardCharsets.UTF_8));
    }

    public TarBuilder entry(char type, String name, String link, byte[] content) {
        return header(type, name, link, content.length).raw(content).pad();
    }

    /** A header alone; what follows is up to the caller. */
    public TarBuilder header(char type, String name, String link, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "00000000000");
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        return raw(header);
    }

    public TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    private TarBuilder pad() {
        out.writeBytes(new byte[-out.size() & (BLOCK - 1)]);
        return this;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** The archive without its end. */
    public byte[] unfinished() {
        return out.toByteArray();
    }

    public byte[] build() {
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }
}
