// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** A new file, written front to back through a buffer, with a last word at its beginning. */
final class SequentialFile implements Closeable {
    private static final int BUFFER_SIZE = 1 << 18;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private long flushed;

    private SequentialFile(FileChannel channel) {
        this.channel = channel;
    }

    static SequentialFile create(Path path) throws IOException {
        return open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** For data that is read back and then thrown away. */
    static SequentialFile createScratch(Path path) throws IOException {
        return open(
                path,
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.READ,
                        StandardOpenOption.DELETE_ON_CLOSE));
    }

    private static SequentialFile open(Path path, Set<StandardOpenOption> options)
            throws IOException {
        return new SequentialFile(FileChannel.open(path, options));
    }

    long position() {
        return flushed + buffer.position();
    }

    void write(byte[] data, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, room());
            buffer.put(data, at, n);
            at += n;
            left -= n;
        }
    }

    void write(byte[] data) throws IOException {
        write(data, 0, data.length);
    }

    /** Zeros up to a position that is not behind the present one. */
    void padTo(long position) throws IOException {
        while (position() < position) {
            int n = (int) Math.min(position - position(), room());
            for (int i = 0; i < n; i++) {
                buffer.put((byte) 0);
            }
        }
    }

    void read(long position, byte[] into, int length) throws IOException {
        if (position + length > flushed) {
            flush();
        }
        var target = ByteBuffer.wrap(into, 0, length);
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new IOException("the file of tails has lost its end");
            }
        }
    }

    /** Makes all of it durable. */
    void finish(byte[] beginning) throws IOException {
        flush();
        var first = ByteBuffer.wrap(beginning);
        while (first.hasRemaining()) {
            channel.write(first, first.position());
        }
        channel.force(true);
    }

    private int room() throws IOException {
        if (!buffer.hasRemaining()) {
            flush();
        }
        return buffer.remaining();
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            flushed += channel.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
