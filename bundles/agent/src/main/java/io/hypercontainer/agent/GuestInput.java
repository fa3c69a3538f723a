// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Input of a process. A write waits while a window is under way. */
final class GuestInput extends OutputStream implements Stream {
    /** A frame's payload without the offset. */
    private static final int CHUNK = Frame.MAX_PAYLOAD - Long.BYTES;

    /** How a stream sends to the guest. */
    interface Sender {
        void data(int id, long offset, byte[] bytes) throws IOException;

        void end(int id, long offset) throws IOException;
    }

    private final int id;
    private final Sender sender;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Keeps frames in the order of their offsets. */
    private final ReentrantLock sending = new ReentrantLock();

    private long sent;
    private long acknowledged;
    private long allowed;
    private boolean ended;
    private boolean closedByGuest;
    private @Nullable String lost;

    /** A stream of which the guest has received {@code received} and dealt with {@code dealt}. */
    GuestInput(int id, long dealt, long received, Sender sender) {
        this.id = id;
        this.sender = sender;
        sent = received;
        acknowledged = dealt;
        allowed = dealt + Stream.WINDOW;
    }

    @Override
    public void onAcknowledged(long offset, int window) throws ProtocolViolation {
        lock.lock();
        try {
            if (offset < acknowledged || offset > sent || window < 0 || window > Stream.WINDOW) {
                throw new ProtocolViolation("acknowledgement out of range on stream " + id);
            }
            acknowledged = offset;
            allowed = Math.max(allowed, offset + window);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onClosed() {
        lock.lock();
        try {
            closedByGuest = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onLost(String reason) {
        lock.lock();
        try {
            lost = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        sending.lock();
        try {
            for (int done = 0; done < length; ) {
                long at = sent;
                int count = awaitWindow(Math.min(length - done, CHUNK));
                if (count == 0) {
                    return;
                }
                int start = offset + done;
                sender.data(id, at, Arrays.copyOfRange(bytes, start, start + count));
                done += count;
            }
        } finally {
            sending.unlock();
        }
    }

    /** Takes up to {@code wanted} bytes of the window; 0 when nobody in the guest reads. */
    private int awaitWindow(int wanted) throws IOException {
        lock.lock();
        try {
            while (true) {
                if (ended) {
                    throw new IOException("the stream is closed");
                }
                if (lost != null) {
                    throw new IOException(lost);
                }
                if (closedByGuest) {
                    return 0;
                }
                if (sent < allowed) {
                    int count = (int) Math.min(wanted, allowed - sent);
                    sent += count;
                    return count;
                }
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure = new InterruptedIOException("write of guest input");
            failure.initCause(e);
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            // Ends a write that waits for the window.
            changed.signalAll();
            if (closedByGuest || lost != null) {
                return;
            }
        } finally {
            lock.unlock();
        }
        sending.lock();
        try {
            sender.end(id, sent);
        } finally {
            sending.unlock();
        }
    }
}
