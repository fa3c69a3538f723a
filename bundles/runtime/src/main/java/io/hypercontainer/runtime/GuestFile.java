// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.GuestAgent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads a small file of a container. The guest is not trusted: it may send anything. */
final class GuestFile {
    private static final int LARGEST = 1024 * 1024;
    private static final int BLOCK = 512;
    private static final int SIZE = 124;
    private static final int SIZE_DIGITS = 11;
    private static final int TYPE = 156;

    private GuestFile() {}

    /**
     * Reads it.
     *
     * @throws io.hypercontainer.api.NotFound if there is none
     * @throws IOException if it is no file or too large
     */
    static String read(GuestAgent agent, String container, String path) throws IOException {
        Bounded archive = new Bounded();
        try {
            agent.readArchive(container, path, archive);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return file(archive.bytes.toByteArray());
    }

    /** The first file of a tar archive, behind extended headers. */
    private static String file(byte[] tar) throws IOException {
        int at = 0;
        while (at + BLOCK <= tar.length) {
            int size = size(tar, at);
            char type = (char) tar[at + TYPE];
            at += BLOCK;
            if (size > tar.length - at) {
                throw new IOException("the guest sent a damaged archive");
            }
            if (type == '0' || type == '\0') {
                return new String(tar, at, size, StandardCharsets.UTF_8);
            }
            if (type != 'x' && type != 'g') {
                break;
            }
            at += (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        throw new IOException("it is no file");
    }

    private static int size(byte[] tar, int header) throws IOException {
        String digits =
                new String(tar, header + SIZE, SIZE_DIGITS, StandardCharsets.US_ASCII).strip();
        if (!digits.matches("0*[0-7]{1,8}")) {
            throw new IOException("the guest sent a damaged archive");
        }
        return Integer.parseInt(digits, 8);
    }

    private static final class Bounded extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (bytes.size() + length > LARGEST) {
                throw new IOException("it is larger than " + LARGEST + " bytes");
            }
            bytes.write(from, offset, length);
        }
    }
}
