// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar archive (POSIX ustar and pax, GNU's long names) entry by entry, with bounded memory
 * whatever the archive says.
 */
final class TarReader {
    private static final int BLOCK = 512;
    private static final int MAX_EXTENSION = 1 << 16;
    private static final int MAX_EXTENSIONS_IN_A_ROW = 8;

    private final InputStream in;
    private final byte[] header = new byte[BLOCK];
    private long remaining;
    private long padding;

    /** Kinds of entries. */
    enum Kind {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        HARD_LINK,
        OTHER
    }

    /**
     * An entry.
     *
     * @param name its path, as the archive has it
     * @param kind what it is
     * @param link where a link leads
     * @param size length of its content
     */
    record Entry(String name, Kind kind, String link, long size) {}

    TarReader(InputStream in) {
        this.in = in;
    }

    /** {@return the next entry; empty at the end of the archive} */
    Optional<Entry> next() throws IOException {
        Map<String, String> extended = new HashMap<>();
        for (int extensions = 0; extensions <= MAX_EXTENSIONS_IN_A_ROW; extensions++) {
            skipContent();
            if (!readHeader()) {
                return Optional.empty();
            }
            remaining = number(124, 12);
            padding = -remaining & (BLOCK - 1);
            char type = (char) header[156];
            switch (type) {
                case 'x' -> readPax(extended);
                case 'g' -> readExtension();
                case 'L' -> extended.put("path", cString(readExtension()));
                case 'K' -> extended.put("linkpath", cString(readExtension()));
                default -> {
                    return Optional.of(entry(type, extended));
                }
            }
        }
        throw damaged("too many extension headers in a row");
    }

    private Entry entry(char type, Map<String, String> extended) {
        String name = extended.getOrDefault("path", headerName());
        if (extended.containsKey("size")) {
            remaining = decimal(extended.getOrDefault("size", ""));
            padding = -remaining & (BLOCK - 1);
        }
        boolean sparse = extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse"));
        Kind kind =
                switch (type) {
                    case '0', '\0', '7' -> name.endsWith("/") ? Kind.DIRECTORY : Kind.FILE;
                    case '1' -> Kind.HARD_LINK;
                    case '2' -> Kind.SYMBOLIC_LINK;
                    case '5' -> Kind.DIRECTORY;
                    default -> Kind.OTHER;
                };
        // Links and folders have no content, whatever their size field says; as in GNU tar.
        if (kind != Kind.FILE && kind != Kind.OTHER) {
            remaining = 0;
            padding = 0;
        }
        return new Entry(
                name,
                sparse ? Kind.OTHER : kind,
                extended.getOrDefault("linkpath", text(157, 100)),
                remaining);
    }

    /**
     * Reads the current entry's content.
     *
     * @return bytes read, -1 at its end
     */
    int read(byte[] buffer) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, remaining));
        if (n < 0) {
            throw truncated();
        }
        remaining -= n;
        return n;
    }

    private void skipContent() throws IOException {
        byte[] buffer = new byte[1 << 13];
        for (int n = 0; n >= 0; ) {
            n = read(buffer);
        }
        if (in.readNBytes(buffer, 0, (int) padding) < padding) {
            throw truncated();
        }
        padding = 0;
    }

    private boolean readHeader() throws IOException {
        int n = in.readNBytes(header, 0, BLOCK);
        if (n == 0) {
            return false;
        }
        if (n < BLOCK) {
            throw truncated();
        }
        if (Arrays.equals(header, new byte[BLOCK])) {
            return false;
        }
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != number(148, 8)) {
            throw damaged("it is no tar archive, or a header is damaged");
        }
        return true;
    }

    private byte[] readExtension() throws IOException {
        if (remaining > MAX_EXTENSION) {
            throw damaged("an extension header is larger than " + MAX_EXTENSION + " bytes");
        }
        byte[] content = in.readNBytes((int) remaining);
        if (content.length < remaining) {
            throw truncated();
        }
        remaining = 0;
        return content;
    }

    /** Records of the form {@code "<length> <key>=<value>\n"}. */
    private void readPax(Map<String, String> extended) throws IOException {
        byte[] content = readExtension();
        int at = 0;
        while (at < content.length) {
            int space = at;
            while (space < content.length && content[space] != ' ') {
                space++;
            }
            long length = decimal(new String(content, at, space - at, StandardCharsets.UTF_8));
            int start = space + 1;
            if (length < start - at + 2 || length > content.length - at) {
                throw damaged("an extension header is malformed");
            }
            int end = at + (int) length;
            String record = new String(content, start, end - 1 - start, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (content[end - 1] != '\n' || equals < 0) {
                throw damaged("an extension header is malformed");
            }
            extended.put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
    }

    private String headerName() {
        String name = text(0, 100);
        boolean posix = text(257, 6).equals("ustar") && header[262] == 0;
        String prefix = posix ? text(345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private String text(int offset, int length) {
        return cString(Arrays.copyOfRange(header, offset, offset + length));
    }

    private static String cString(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Octal digits, or GNU's base 256 if the first bit is set. */
    private long number(int offset, int length) {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7f;
            for (int i = offset + 1; i < offset + length; i++) {
                if (value >>> 55 != 0) {
                    throw damaged("a header has a number that is too large");
                }
                value = (value << 8) | (header[i] & 0xff);
            }
            return value;
        }
        String digits = text(offset, length).strip();
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '7') {
                throw damaged("it is no tar archive, or a header is damaged");
            }
            value = (value << 3) | (c - '0');
        }
        return value;
    }

    private static long decimal(String digits) {
        if (digits.isEmpty()
                || digits.length() > 18
                || !digits.chars().allMatch(TarReader::digit)) {
            throw damaged("an extension header has the number " + Printable.line(digits, 30));
        }
        return Long.parseLong(digits);
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static InvalidSpec damaged(String why) {
        return new InvalidSpec("cannot read the image archive: " + why);
    }

    private static InvalidSpec truncated() {
        return damaged("it is truncated");
    }
}
