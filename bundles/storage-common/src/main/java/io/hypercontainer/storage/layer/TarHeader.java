// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.InvalidSpec;

/**
 * The fixed 512-byte header of a tar entry: POSIX.1-1988 (ustar), GNU and the older format without
 * a magic. Offsets are those of "pax Interchange Format" in POSIX.1-2017 and of GNU tar's manual,
 * "Basic Tar Format".
 */
final class TarHeader {
    static final int SIZE = 512;

    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int MAGIC = 257;

    private final byte[] block;

    /**
     * @param block the header; it is read at once and not kept beyond the next one
     */
    TarHeader(byte[] block) {
        this.block = block;
    }

    boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Some old programs added up signed bytes, so either sum will do. */
    boolean checksumMatches() {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean inChecksum = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            byte b = inChecksum ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        long stated = number(CHECKSUM, CHECKSUM_LENGTH, "checksum");
        return stated == unsigned || stated == signed;
    }

    String name() {
        String name = text(0, 100);
        // GNU's magic is "ustar  ": it keeps times where POSIX keeps the prefix.
        if (text(MAGIC, 6).equals("ustar") && block[MAGIC + 5] == 0) {
            String prefix = text(345, 155);
            return prefix.isEmpty() ? name : prefix + "/" + name;
        }
        return name;
    }

    long mode() {
        return number(100, 8, "mode");
    }

    long uid() {
        return number(108, 8, "uid");
    }

    long gid() {
        return number(116, 8, "gid");
    }

    long size() {
        return number(124, 12, "size");
    }

    long mtime() {
        return number(136, 12, "mtime");
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    String linkName() {
        return text(157, 100);
    }

    long deviceMajor() {
        return number(329, 8, "device major");
    }

    long deviceMinor() {
        return number(337, 8, "device minor");
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Bytes.of(block, offset, end - offset);
    }

    /** Octal digits among blanks, or GNU's big-endian two's complement marked by the top bit. */
    private long number(int offset, int length, String field) {
        return (block[offset] & 0x80) != 0
                ? binary(offset, length, field)
                : octal(offset, length, field);
    }

    private long binary(int offset, int length, String field) {
        // The first byte's second bit is the sign, its remaining six bits are value.
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = offset; i < offset + length; i++) {
            int b = block[i] & 0xff;
            if (i == offset) {
                b = negative ? b | 0x80 : b & 0x7f;
            }
            long next = (value << 8) | b;
            if (next >> 8 != value) {
                throw new InvalidSpec("tar: " + field + " is larger than 64 bits");
            }
            value = next;
        }
        return value;
    }

    private long octal(int offset, int length, String field) {
        int at = offset;
        int end = offset + length;
        while (at < end && block[at] == ' ') {
            at++;
        }
        long value = 0;
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            value = value * 8 + (block[at] - '0');
            at++;
        }
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        boolean nothingButBlanks = at == end || block[at] == 0;
        if (!nothingButBlanks) {
            throw new InvalidSpec("tar: " + field + " is not a number");
        }
        return value;
    }
}
