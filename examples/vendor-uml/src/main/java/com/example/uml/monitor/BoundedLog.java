// SPDX-License-Identifier: Apache-2.0
package com.example.uml.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps the last that programs have printed, in two files: one that grows, and what was in it when
 * it was full last. Both are there from the start: the folder is closed to the machine later.
 */
final class BoundedLog implements AutoCloseable {
    private static final int PORTION = 256 << 10;

    private final FileChannel current;
    private final FileChannel previous;

    /**
     * @param file the one that grows; the other has {@code .1} behind its name
     */
    BoundedLog(Path file) throws IOException {
        current = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        previous = FileChannel.open(Path.of(file + ".1"), StandardOpenOption.WRITE);
    }

    /** {@return a thread that ends with the output} */
    Thread copy(InputStream output) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    var buffer = new byte[8 << 10];
                    try (output) {
                        for (int n; (n = output.read(buffer)) >= 0; ) {
                            write(ByteBuffer.wrap(buffer, 0, n));
                        }
                    } catch (IOException e) {
                        // the program has ended
                    }
                });
    }

    private synchronized void write(ByteBuffer bytes) {
        try {
            if (current.position() + bytes.remaining() > PORTION) {
                previous.truncate(0).position(0);
                current.transferTo(0, current.size(), previous);
                current.truncate(0).position(0);
            }
            while (bytes.hasRemaining()) {
                current.write(bytes);
            }
        } catch (IOException e) {
            // A full disk loses lines; the guest must not wait for it.
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
        previous.close();
    }
}
