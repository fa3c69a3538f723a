// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Lets all who are attached write to the input of one process, one write after the other. */
final class InputGate {
    /** What happens when a client that is attached closes its end. */
    enum OnClose {
        /** The process has no input; all is discarded. */
        DISCARD,
        /** The process gets end of file. */
        END_OF_FILE,
        /** Nothing: a terminal goes on until its process ends. */
        STAY_OPEN
    }

    private final OnClose onClose;
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable OutputStream process; // guarded by this
    private volatile boolean finished;

    InputGate(OnClose onClose) {
        this.onClose = onClose;
    }

    synchronized void feed(OutputStream stdin) {
        process = stdin;
        notifyAll();
    }

    /** The process has ended: writes are discarded from now on. */
    synchronized void finish() {
        finished = true;
        notifyAll();
    }

    /** Waits until the process has been found: it may be that of an earlier daemon. */
    private synchronized @Nullable OutputStream target() throws InterruptedIOException {
        if (onClose == OnClose.DISCARD) {
            return null;
        }
        try {
            while (process == null && !finished) {
                wait();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return finished ? null : process;
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while writing input");
    }

    OutputStream connect() {
        return new Client();
    }

    private final class Client extends OutputStream {
        private boolean closed;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("standard input is closed");
            }
            OutputStream target = target();
            if (target == null) {
                return;
            }
            lock();
            try {
                target.write(bytes, offset, length);
                target.flush();
            } catch (IOException e) {
                if (!finished) {
                    throw e;
                }
            } finally {
                writing.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            OutputStream target = target();
            if (target != null && onClose == OnClose.END_OF_FILE) {
                lock();
                try {
                    target.close();
                } finally {
                    writing.unlock();
                }
            }
        }

        private void lock() throws InterruptedIOException {
            try {
                writing.lockInterruptibly();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }
}
