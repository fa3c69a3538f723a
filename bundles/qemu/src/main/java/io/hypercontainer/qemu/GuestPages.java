// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Copies the memory of a guest, most of which was never touched. */
final class GuestPages {
    private static final int CHUNK = 1 << 16;
    private static final byte[] ZEROES = new byte[CHUNK];

    private GuestPages() {}

    /**
     * Copies all that is not zero to the same places of another file, which is as large and empty.
     *
     * @return SHA-256 of the places and bytes
     */
    static String copy(FileChannel from, FileChannel to) throws IOException {
        var digest = sha256();
        var chunk = ByteBuffer.allocate(CHUNK);
        var place = ByteBuffer.allocate(Long.BYTES);
        for (long at = 0; read(from, chunk.clear(), at); at += CHUNK) {
            var length = chunk.position();
            if (Arrays.mismatch(chunk.array(), 0, length, ZEROES, 0, length) < 0) {
                continue;
            }
            digest.update(place.putLong(0, at).array());
            digest.update(chunk.array(), 0, length);
            chunk.flip();
            while (chunk.hasRemaining()) {
                to.write(chunk, at + chunk.position());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String digest(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    private static boolean read(FileChannel from, ByteBuffer chunk, long at) throws IOException {
        while (chunk.hasRemaining() && from.read(chunk, at + chunk.position()) >= 0) {}
        return chunk.position() > 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
