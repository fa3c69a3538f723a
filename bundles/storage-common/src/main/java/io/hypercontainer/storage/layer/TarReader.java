// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.InvalidSpec;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a layer's tar as a stream, trusting nothing in it: ustar, pax and GNU long names. What
 * Docker's reader (Go's archive/tar) accepts is accepted, what it ignores (global headers) is
 * ignored.
 */
public final class TarReader {
    /** Of a pax header or a GNU long name; as Go's archive/tar has it. */
    public static final int MAX_EXTRA_HEADER_BYTES = 1 << 20;

    private static final long MAX_ID = 0xffff_fffeL; // (uid_t) -1 means "no such id"
    private static final int MAX_DEVICE_MAJOR = 0xfff;
    private static final int MAX_DEVICE_MINOR = 0xfffff;

    private final InputStream in;
    private final byte[] block = new byte[TarHeader.SIZE];
    private long remaining;
    private long padding;

    public TarReader(InputStream in) {
        this.in = in;
    }

    /** The next entry, or null at the archive's end. Unread data of the last entry is skipped. */
    public @Nullable TarEntry next() throws IOException {
        PaxRecords pax = PaxRecords.parse(new byte[0]);
        String longName = "";
        String longLink = "";
        while (true) {
            skipRest();
            TarHeader header = readHeader();
            if (header == null) {
                return null;
            }
            switch (header.type()) {
                case 'x' -> pax = PaxRecords.parse(readExtra(header));
                case 'g' -> expectData(header.size());
                case 'L' -> longName = textOf(readExtra(header));
                case 'K' -> longLink = textOf(readExtra(header));
                default -> {
                    return entry(header, pax, longName, longLink);
                }
            }
        }
    }

    /** Data of the current entry; -1 at its end. */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, remaining));
        if (n < 0) {
            throw truncated();
        }
        remaining -= n;
        return n;
    }

    /** Reads what follows the end mark, so that whoever hashes the stream sees all of it. */
    public void drain() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private TarEntry entry(TarHeader header, PaxRecords pax, String longName, String longLink) {
        String path = longName.isEmpty() ? pax.text("path", header.name()) : longName;
        String link = longLink.isEmpty() ? pax.text("linkpath", header.linkName()) : longLink;
        TarEntry.Type type = type(header, path);
        if (pax.describesSparseFile()) {
            throw sparse(path);
        }
        long size = 0;
        if (type == TarEntry.Type.FILE) {
            size = pax.number("size", header.size());
            expectData(size);
        }
        boolean device = type == TarEntry.Type.CHAR_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        PaxTime mtime = pax.time("mtime", header.mtime());
        return new TarEntry(
                path,
                type,
                (int) (header.mode() & 07777),
                (int) bounded(pax.number("uid", header.uid()), MAX_ID, "uid", path),
                (int) bounded(pax.number("gid", header.gid()), MAX_ID, "gid", path),
                mtime.seconds(),
                mtime.nanos(),
                size,
                link,
                device ? (int) bounded(header.deviceMajor(), MAX_DEVICE_MAJOR, "major", path) : 0,
                device ? (int) bounded(header.deviceMinor(), MAX_DEVICE_MINOR, "minor", path) : 0,
                pax.xattrs());
    }

    private static TarEntry.Type type(TarHeader header, String path) {
        return switch (header.type()) {
            // Before POSIX a directory was a file whose name ends in a slash.
            case '\0' -> path.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case '0', '7' -> TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMLINK;
            case '3' -> TarEntry.Type.CHAR_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            case 'S' -> throw sparse(path);
            default ->
                    throw new InvalidSpec(
                            "tar: entry "
                                    + Bytes.show(path)
                                    + " is of unknown type "
                                    + Bytes.show(String.valueOf(header.type())));
        };
    }

    private static InvalidSpec sparse(String path) {
        return new InvalidSpec(
                "tar: "
                        + Bytes.show(path)
                        + " is stored as a sparse file, which image layers do not use;"
                        + " write the layer without tar's --sparse");
    }

    private static long bounded(long value, long max, String what, String path) {
        if (value < 0 || value > max) {
            throw new InvalidSpec(
                    "tar: " + what + " " + value + " of " + Bytes.show(path) + " is out of range");
        }
        return value;
    }

    private @Nullable TarHeader readHeader() throws IOException {
        int n = in.readNBytes(block, 0, block.length);
        if (n == 0) {
            return null;
        }
        if (n < block.length) {
            throw truncated();
        }
        var header = new TarHeader(block);
        if (header.isZero()) {
            n = in.readNBytes(block, 0, block.length);
            if (n == 0 || (n == block.length && header.isZero())) {
                return null;
            }
            throw new InvalidSpec("tar: data after a single zero block");
        }
        if (!header.checksumMatches()) {
            throw new InvalidSpec("tar: a header's checksum is wrong; is this a tar at all?");
        }
        return header;
    }

    private byte[] readExtra(TarHeader header) throws IOException {
        long size = header.size();
        if (size < 0 || size > MAX_EXTRA_HEADER_BYTES) {
            throw new InvalidSpec(
                    "tar: an extended header of " + size + " bytes; at most 1 MiB is read");
        }
        expectData(size);
        byte[] data = in.readNBytes((int) size);
        if (data.length < size) {
            throw truncated();
        }
        remaining = 0;
        return data;
    }

    private static String textOf(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != 0) {
            end++;
        }
        return Bytes.of(data, 0, end);
    }

    private void expectData(long size) {
        if (size < 0 || size > Long.MAX_VALUE - TarHeader.SIZE) {
            throw new InvalidSpec("tar: an entry's size is " + size);
        }
        remaining = size;
        padding = -size & (TarHeader.SIZE - 1);
    }

    private void skipRest() throws IOException {
        try {
            in.skipNBytes(remaining);
            in.skipNBytes(padding);
        } catch (EOFException e) {
            throw truncated();
        }
        remaining = 0;
        padding = 0;
    }

    private static InvalidSpec truncated() {
        return new InvalidSpec("tar: the archive ends in the middle of an entry");
    }
}
