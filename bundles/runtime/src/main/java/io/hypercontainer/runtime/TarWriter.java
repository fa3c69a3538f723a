// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a tar archive of regular files in memory. Names go into extended headers (pax), where
 * neither their length nor their characters matter.
 */
final class TarWriter {
    private static final int BLOCK = 512;
    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int USER = 108;
    private static final int GROUP = 116;
    private static final int SIZE = 124;
    private static final int TIME = 136;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int NUMBER = 7;
    private static final int LONG_NUMBER = 11;
    private static final long LARGEST = 07777777;

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

    /**
     * Adds a file.
     *
     * @param name its path without a slash in front
     * @param mode its permissions
     * @param user number of its owner
     * @param group number of its group
     */
    void file(String name, int mode, long user, long group, byte[] content) {
        byte[] extended =
                (record("path", name)
                                + record("uid", Long.toString(user))
                                + record("gid", Long.toString(group)))
                        .getBytes(StandardCharsets.UTF_8);
        entry('x', "PaxHeader", 0644, 0, 0, extended);
        entry('0', "file", mode, user, group, content);
    }

    /** Ends the archive and returns it. */
    byte[] finish() {
        archive.writeBytes(new byte[2 * BLOCK]);
        return archive.toByteArray();
    }

    /** {@code 20 path=etc/motd\n}: the number is the length of all, itself included. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.getBytes(StandardCharsets.UTF_8).length;
        int all = length + Integer.toString(length).length();
        return length + Integer.toString(all).length() + rest;
    }

    private void entry(char type, String name, int mode, long user, long group, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, NAME, name);
        octal(header, MODE, NUMBER, mode);
        octal(header, USER, NUMBER, Math.min(user, LARGEST));
        octal(header, GROUP, NUMBER, Math.min(group, LARGEST));
        octal(header, SIZE, LONG_NUMBER, content.length);
        octal(header, TIME, LONG_NUMBER, 0);
        header[TYPE] = (byte) type;
        put(header, MAGIC, "ustar\00000");
        Arrays.fill(header, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, CHECKSUM, 6, sum);
        header[CHECKSUM + 6] = 0;
        archive.writeBytes(header);
        archive.writeBytes(content);
        archive.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void octal(byte[] header, int at, int digits, long value) {
        put(header, at, ("%0" + digits + "o").formatted(value));
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
