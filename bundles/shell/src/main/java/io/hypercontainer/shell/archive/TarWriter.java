// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a tar archive: ustar, with pax headers for what does not fit. */
public final class TarWriter {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final long OWNER_LIMIT = 1L << 21;
    private static final long SIZE_LIMIT = 1L << 33;

    private final OutputStream out;

    /**
     * @param out receives the archive
     */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Begins an entry; {@link #content} and {@link #pad} follow for a file.
     *
     * @param entry the entry
     * @throws IOException if it cannot be written
     */
    public void begin(TarEntry entry) throws IOException {
        String extended = extensions(entry);
        if (!extended.isEmpty()) {
            header("././@PaxHeader", 'x', 0644, 0, 0, 0, extended.length(), "");
            out.write(RawText.bytes(extended));
            pad(extended.length());
        }
        header(
                entry.name(),
                switch (entry.kind()) {
                    case FILE -> '0';
                    case FOLDER -> '5';
                    case SYMBOLIC_LINK -> '2';
                    case HARD_LINK -> '1';
                    case OTHER -> throw new IllegalArgumentException(entry.toString());
                },
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.modified().getEpochSecond(),
                entry.size(),
                entry.link());
    }

    private static String extensions(TarEntry entry) {
        StringBuilder records = new StringBuilder();
        if (entry.name().length() > NAME) {
            records.append(PaxRecords.record("path", entry.name()));
        }
        if (entry.link().length() > NAME) {
            records.append(PaxRecords.record("linkpath", entry.link()));
        }
        if (entry.size() >= SIZE_LIMIT) {
            records.append(PaxRecords.record("size", Long.toString(entry.size())));
        }
        if (entry.uid() >= OWNER_LIMIT) {
            records.append(PaxRecords.record("uid", Long.toString(entry.uid())));
        }
        if (entry.gid() >= OWNER_LIMIT) {
            records.append(PaxRecords.record("gid", Long.toString(entry.gid())));
        }
        return records.toString();
    }

    private void header(
            String name,
            char type,
            int mode,
            long uid,
            long gid,
            long modified,
            long size,
            String link)
            throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name.length() > NAME ? name.substring(0, NAME) : name);
        octal(header, 100, 8, mode);
        octal(header, 108, 8, uid < OWNER_LIMIT ? uid : 0);
        octal(header, 116, 8, gid < OWNER_LIMIT ? gid : 0);
        octal(header, 124, 12, size < SIZE_LIMIT ? size : 0);
        octal(header, 136, 12, modified);
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link.length() > NAME ? link.substring(0, NAME) : link);
        put(header, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
        out.write(header);
    }

    private static void put(byte[] header, int at, String raw) {
        byte[] bytes = RawText.bytes(raw);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static void octal(byte[] header, int at, int length, long value) {
        for (int i = at + length - 2; i >= at; i--) {
            header[i] = (byte) ('0' + (value & 7));
            value >>= 3;
        }
        header[at + length - 1] = 0;
    }

    /**
     * Writes content of the entry that was begun.
     *
     * @param bytes holds it
     * @param length number of bytes
     * @throws IOException if it cannot be written
     */
    public void content(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
    }

    /**
     * Ends an entry's content.
     *
     * @param size its whole length
     * @throws IOException if it cannot be written
     */
    public void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    /**
     * Ends the archive.
     *
     * @throws IOException if it cannot be written
     */
    public void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }
}
