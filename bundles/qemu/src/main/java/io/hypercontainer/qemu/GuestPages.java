// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes the memory of a guest, most of which was never touched, to a file and reads it again. The
 * file holds what is not zero: place and length of a piece, the piece, and so on; at the end a
 * length of zero and a checksum of all before it.
 */
final class GuestPages {
    private static final int PIECE = 1 << 16;
    private static final int HEADER = Long.BYTES + Integer.BYTES;
    private static final byte[] ZEROES = new byte[PIECE];

    private GuestPages() {}

    static void save(FileChannel memory, FileChannel file) throws IOException {
        var checksum = new CRC32C();
        var piece = ByteBuffer.allocate(HEADER + PIECE);
        for (long at = 0; read(memory, piece.clear().position(HEADER), at); at += PIECE) {
            var length = piece.position() - HEADER;
            if (Arrays.mismatch(piece.array(), HEADER, HEADER + length, ZEROES, 0, length) < 0) {
                continue;
            }
            piece.putLong(0, at).putInt(Long.BYTES, length).flip();
            checksum.update(piece.array(), 0, piece.limit());
            write(piece, file);
        }
        piece.clear().putLong(checksum.getValue()).putInt(0).flip();
        write(piece, file);
    }

    /**
     * @param memory as large as what was saved, and all zeroes
     * @throws IOException if the file is not as it was saved
     */
    static void load(FileChannel file, FileChannel memory) throws IOException {
        var checksum = new CRC32C();
        var size = memory.size();
        var piece = ByteBuffer.allocate(HEADER + PIECE);
        while (true) {
            fill(file, piece.clear().limit(HEADER));
            var at = piece.getLong(0);
            var length = piece.getInt(Long.BYTES);
            if (length == 0) {
                if (at != checksum.getValue()) {
                    throw new IOException("it has another checksum");
                }
                return;
            }
            if (length < 0 || length > PIECE || at < 0 || at > size - length) {
                throw new IOException("it has a piece where there is no memory");
            }
            fill(file, piece.limit(HEADER + length));
            checksum.update(piece.array(), 0, piece.limit());
            piece.position(HEADER);
            while (piece.hasRemaining()) {
                memory.write(piece, at + piece.position() - HEADER);
            }
        }
    }

    private static boolean read(FileChannel memory, ByteBuffer piece, long at) throws IOException {
        var begin = piece.position();
        while (piece.hasRemaining() && memory.read(piece, at + piece.position() - begin) >= 0) {}
        return piece.position() > begin;
    }

    private static void fill(FileChannel file, ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            if (file.read(piece) < 0) {
                throw new IOException("it is cut off");
            }
        }
    }

    private static void write(ByteBuffer piece, FileChannel file) throws IOException {
        while (piece.hasRemaining()) {
            file.write(piece);
        }
    }
}
