// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream from the client that sends nothing before it is read. The first read asks for what it
 * wants and no more; who goes on reading is sent ahead, up to a window. An interrupted read loses
 * nothing.
 */
final class CreditedInput extends InputStream {
    private static final int WINDOW = 1024 * 1024;

    /** Tells the client how much more it may send. */
    @FunctionalInterface
    interface Grant {
        void bytes(int count) throws IOException;
    }

    private final Grant grant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private int credit;
    private int held;
    private int asked;
    private boolean ended;
    private boolean paused;
    private @Nullable IOException failure;

    CreditedInput(Grant grant) {
        this.grant = grant;
    }

    /** Takes what the client sent. */
    void receive(byte[] bytes) throws ProtocolException {
        lock.lock();
        try {
            if (bytes.length > credit || ended) {
                throw new ProtocolException(
                        bytes.length + " bytes of input for a credit of " + credit);
            }
            credit -= bytes.length;
            held += bytes.length;
            if (bytes.length > 0) {
                chunks.add(ByteBuffer.wrap(bytes));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void end() {
        end(null);
    }

    /** One read finds the end, as with ctrl-D on a terminal; the next may find more. */
    void pause() {
        lock.lock();
        try {
            paused = true;
            credit = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream; readers get the reason once they have read what came before. */
    void fail(IOException reason) {
        end(reason);
    }

    private void end(@Nullable IOException reason) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = reason;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        askFor(length);
        int n;
        int more;
        lock.lock();
        try {
            while (chunks.isEmpty() && !ended && !paused) {
                changed.await();
            }
            n = take(to, offset, length);
            more = sendAhead();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while reading").initCause(e);
        } finally {
            lock.unlock();
        }
        if (more > 0) {
            grant.bytes(more);
        }
        return n;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Not under the lock: to send may block, and the client's frames must be taken meanwhile. */
    private void askFor(int length) throws IOException {
        int wanted = 0;
        lock.lock();
        try {
            if (chunks.isEmpty() && !ended && !paused && credit == 0) {
                wanted = Math.clamp(Math.max(length, 2L * asked), 1, WINDOW);
                asked = wanted;
                credit = wanted;
            }
        } finally {
            lock.unlock();
        }
        if (wanted > 0) {
            grant.bytes(wanted);
        }
    }

    private int take(byte[] to, int offset, int length) throws IOException {
        var chunk = chunks.peek();
        if (chunk == null) {
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            paused = false;
            return -1;
        }
        int n = Math.min(length, chunk.remaining());
        chunk.get(to, offset, n);
        held -= n;
        if (!chunk.hasRemaining()) {
            chunks.remove();
        }
        return n;
    }

    /** Once the window is open, keeps it at least half full. */
    private int sendAhead() {
        if (asked < WINDOW || ended || paused || credit + held > WINDOW / 2) {
            return 0;
        }
        int more = WINDOW - credit - held;
        credit += more;
        return more;
    }
}
