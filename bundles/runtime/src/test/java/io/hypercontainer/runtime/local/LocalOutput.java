// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Output of a process as a guest keeps it: unacknowledged bytes stay, and stop the writer. */
final class LocalOutput {
    private static final int WINDOW = 64 * 1024;

    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private long acknowledged;
    private boolean ended;

    /** Takes what the process writes, as long as somebody deals with it. */
    void drain(InputStream from) {
        byte[] buffer = new byte[8192];
        try {
            int n = from.read(buffer);
            while (n >= 0) {
                synchronized (this) {
                    while (all.size() - acknowledged >= WINDOW) {
                        wait();
                    }
                    all.write(buffer, 0, n);
                    notifyAll();
                }
                n = from.read(buffer);
            }
        } catch (IOException | InterruptedException e) {
            // The process is gone.
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    synchronized InputStream from(long offset, LocalAgent connection) {
        return new Reader(Math.max(offset, acknowledged), connection);
    }

    private final class Reader extends InputStream {
        private final LocalAgent connection;
        private long position;

        Reader(long offset, LocalAgent connection) {
            this.position = offset;
            this.connection = connection;
            connection.onLost(() -> {
                synchronized (LocalOutput.this) {
                    LocalOutput.this.notifyAll();
                }
            });
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            synchronized (LocalOutput.this) {
                if (connection.isLost()) {
                    throw new IOException("the connection is lost");
                }
                acknowledged = Math.max(acknowledged, position);
                LocalOutput.this.notifyAll();
                try {
                    while (position == all.size() && !ended && !connection.isLost()) {
                        LocalOutput.this.wait();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException();
                }
                if (position < all.size()) {
                    int n = (int) Math.min(length, all.size() - position);
                    System.arraycopy(all.toByteArray(), (int) position, target, offset, n);
                    position += n;
                    return n;
                }
                if (ended) {
                    return -1;
                }
                throw new IOException("the connection is lost");
            }
        }
    }
}
