// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar archive (POSIX ustar and pax, GNU's long names) entry by entry, with bounded memory
 * whatever the archive says.
 */
public final class TarReader {
    private static final int BLOCK = 512;
    private static final int MAX_EXTENSION = 1 << 16;
    private static final int MAX_EXTENSIONS_IN_A_ROW = 8;

    private final InputStream in;
    private final byte[] header = new byte[BLOCK];
    private final byte[] buffer = new byte[1 << 14];
    private long remaining;
    private long padding;

    /**
     * @param in the archive
     */
    public TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * {@return the next entry; empty at the end of the archive}
     *
     * @throws IOException if the archive cannot be read
     * @throws InvalidSpec if it is damaged
     */
    public Optional<TarEntry> next() throws IOException {
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
                case 'x' -> PaxRecords.read(readExtension(), extended);
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

    private TarEntry entry(char type, Map<String, String> extended) {
        String name = extended.getOrDefault("path", headerName());
        String size = extended.get("size");
        if (size != null) {
            remaining = PaxRecords.number(size);
            padding = -remaining & (BLOCK - 1);
        }
        if (extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse"))) {
            throw damaged("sparse files are not supported");
        }
        TarEntry.Kind kind =
                switch (type) {
                    case '0', '\0', '7' ->
                            name.endsWith("/") ? TarEntry.Kind.FOLDER : TarEntry.Kind.FILE;
                    case '1' -> TarEntry.Kind.HARD_LINK;
                    case '2' -> TarEntry.Kind.SYMBOLIC_LINK;
                    case '5' -> TarEntry.Kind.FOLDER;
                    case 'S' -> throw damaged("sparse files are not supported");
                    default -> TarEntry.Kind.OTHER;
                };
        // Only files have content, whatever their size field says; as in GNU tar.
        if (kind != TarEntry.Kind.FILE && kind != TarEntry.Kind.OTHER) {
            remaining = 0;
            padding = 0;
        }
        return new TarEntry(
                name,
                kind,
                (int) (number(100, 8) & 07777),
                owner(extended, "uid", 108),
                owner(extended, "gid", 116),
                modified(extended),
                remaining,
                extended.getOrDefault("linkpath", text(157, 100)));
    }

    private long owner(Map<String, String> extended, String key, int offset) {
        String given = extended.get(key);
        return given == null ? number(offset, 8) : PaxRecords.number(given);
    }

    /** Whole seconds, between 1970 and 2106, which is what a client takes. */
    private Instant modified(Map<String, String> extended) {
        String given = extended.get("mtime");
        long seconds =
                given == null
                        ? number(136, 12)
                        : given.startsWith("-") ? 0 : PaxRecords.number(given.split("\\.", 2)[0]);
        return Instant.ofEpochSecond(Math.clamp(seconds, 0, (1L << 32) - 1));
    }

    /**
     * Reads the current entry's content.
     *
     * @param to receives it
     * @return bytes read, -1 at its end
     * @throws IOException if the archive cannot be read, or ends
     */
    public int read(byte[] to) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int n = in.read(to, 0, (int) Math.min(to.length, remaining));
        if (n < 0) {
            throw truncated();
        }
        remaining -= n;
        return n;
    }

    private void skipContent() throws IOException {
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
        return RawText.of(Arrays.copyOf(bytes, end));
    }

    /** Octal digits; or, with the first bit set, a binary number. */
    private long number(int offset, int length) {
        long value = 0;
        if (header[offset] < 0) {
            for (int i = offset; i < offset + length; i++) {
                int digit = i == offset ? header[i] & 0x7f : header[i] & 0xff;
                if (value >> 55 != 0) {
                    throw damaged("a number in a header is too large");
                }
                value = value << 8 | digit;
            }
            return value;
        }
        String digits = text(offset, length).strip();
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '7') {
                throw damaged("a number in a header is malformed");
            }
            value = value << 3 | (digit - '0');
        }
        return value;
    }

    static InvalidSpec damaged(String what) {
        return new InvalidSpec("the archive is not valid: " + what);
    }

    private static InvalidSpec truncated() {
        return damaged("it ends too early");
    }
}
