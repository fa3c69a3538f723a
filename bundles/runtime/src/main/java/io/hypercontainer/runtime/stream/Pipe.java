// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of bytes between a process and one attached client. A full one makes the writer
 * wait; after the client has gone it swallows everything.
 */
final class Pipe {
    private static final int CAPACITY = 64 * 1024;

    /** What a guest may still hold when its process has ended is far below. */
    private static final int CAPACITY_AT_END = 16 * 1024 * 1024;

    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private final Input input = new Input();
    private int consumed; // of the first chunk
    private int size;
    private int capacity = CAPACITY;
    private boolean ended;
    private boolean closed;
    private @Nullable String failure;

    InputStream input() {
        return input;
    }

    synchronized void write(byte[] bytes, int length) throws InterruptedException {
        while (size >= capacity && !closed && !ended) {
            wait();
        }
        if (closed || ended || length == 0) {
            return;
        }
        chunks.add(Arrays.copyOf(bytes, length));
        size += length;
        notifyAll();
    }

    /**
     * The process has ended: nothing but what the guest holds will come, so nobody has to wait for
     * the client any more.
     */
    synchronized void relax() {
        capacity = CAPACITY_AT_END;
        notifyAll();
    }

    /** Lets the reader find the end of file behind what is in the pipe. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Lets the reader find an error behind what is in the pipe. */
    synchronized void fail(String why) {
        if (!ended) {
            failure = why;
            end();
        }
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            synchronized (Pipe.this) {
                byte[] chunk = first();
                if (chunk == null) {
                    return -1;
                }
                int n = Math.min(length, chunk.length - consumed);
                System.arraycopy(chunk, consumed, target, offset, n);
                consumed += n;
                size -= n;
                if (consumed == chunk.length) {
                    chunks.remove();
                    consumed = 0;
                }
                Pipe.this.notifyAll();
                return n;
            }
        }

        private byte @Nullable [] first() throws IOException {
            try {
                while (chunks.isEmpty() && !ended && !closed) {
                    Pipe.this.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted while reading output");
            }
            if (closed) {
                throw new IOException("the stream is closed");
            }
            if (chunks.isEmpty() && failure != null) {
                throw new IOException(failure);
            }
            return chunks.peek();
        }

        @Override
        public int available() {
            synchronized (Pipe.this) {
                return size;
            }
        }

        @Override
        public void close() {
            Pipe.this.close();
        }
    }

    /** The reader goes away. */
    synchronized void close() {
        closed = true;
        chunks.clear();
        size = 0;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
