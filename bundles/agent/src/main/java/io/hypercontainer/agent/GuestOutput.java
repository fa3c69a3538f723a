// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Output of a process. Holds at most a window; what a read returned is acknowledged when the next
 * read begins.
 */
final class GuestOutput extends InputStream implements Stream {
    private static final int FIRST_CAPACITY = 4096;

    /** How a stream tells the guest about itself. */
    interface Sender {
        void acknowledge(int id, long offset) throws IOException;

        void close(int id) throws IOException;
    }

    private final int id;
    private final Sender sender;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Ring of a power of two; the place of an offset is its lower bits. */
    private byte[] ring = new byte[0];

    private long acknowledged;
    private long consumed;
    private long received;
    private boolean ended;
    private boolean closed;
    private @Nullable String lost;

    GuestOutput(int id, long offset, Sender sender) {
        this.id = id;
        this.sender = sender;
        acknowledged = offset;
        consumed = offset;
        received = offset;
    }

    @Override
    public void onData(long offset, byte[] payload, int start) throws ProtocolViolation {
        lock.lock();
        try {
            int length = payload.length - start;
            if (closed) {
                return;
            }
            if (ended || offset != received || length == 0) {
                throw new ProtocolViolation("data out of order on stream " + id);
            }
            if (received + length - acknowledged > Stream.WINDOW) {
                throw new ProtocolViolation("more than the window on stream " + id);
            }
            ensureCapacity(Math.toIntExact(received + length - consumed));
            for (int done = 0; done < length; ) {
                int place = (int) (received & (ring.length - 1));
                int count = Math.min(length - done, ring.length - place);
                System.arraycopy(payload, start + done, ring, place, count);
                done += count;
                received += count;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEnd(long offset) throws ProtocolViolation {
        lock.lock();
        try {
            if (!closed && offset != received) {
                throw new ProtocolViolation("end out of order on stream " + id);
            }
            ended = true;
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
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        long toAcknowledge = beginRead();
        if (toAcknowledge >= 0) {
            sender.acknowledge(id, toAcknowledge);
        }
        lock.lock();
        try {
            while (received == consumed) {
                if (closed) {
                    throw new IOException("the stream is closed");
                }
                if (ended) {
                    break;
                }
                if (lost != null) {
                    throw new IOException(lost);
                }
                changed.await();
            }
            if (received != consumed) {
                return take(target, offset, length);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure = new InterruptedIOException("read of guest output");
            failure.initCause(e);
            throw failure;
        } finally {
            lock.unlock();
        }
        acknowledgeEnd();
        return -1;
    }

    /**
     * What earlier reads returned is dealt with. Returns the offset to acknowledge, -1 if it can
     * wait.
     */
    private long beginRead() {
        lock.lock();
        try {
            boolean due =
                    consumed - acknowledged >= Stream.WINDOW / 4
                            || (consumed == received && consumed != acknowledged);
            if (!due || closed || lost != null) {
                return -1;
            }
            acknowledged = consumed;
            return consumed;
        } finally {
            lock.unlock();
        }
    }

    /** The answer to the end lets the guest forget the stream. */
    private void acknowledgeEnd() throws IOException {
        long offset;
        lock.lock();
        try {
            if (closed || lost != null) {
                return;
            }
            closed = true;
            offset = consumed;
        } finally {
            lock.unlock();
        }
        sender.acknowledge(id, offset);
    }

    private int take(byte[] target, int offset, int length) {
        int total = (int) Math.min(length, received - consumed);
        for (int done = 0; done < total; ) {
            int place = (int) (consumed & (ring.length - 1));
            int count = Math.min(total - done, ring.length - place);
            System.arraycopy(ring, place, target, offset + done, count);
            done += count;
            consumed += count;
        }
        return total;
    }

    private void ensureCapacity(int needed) {
        if (needed <= ring.length) {
            return;
        }
        int capacity = Math.max(ring.length, FIRST_CAPACITY);
        while (capacity < needed) {
            capacity *= 2;
        }
        byte[] larger = new byte[capacity];
        for (long at = consumed; at < received; at++) {
            larger[(int) (at & (capacity - 1))] = ring[(int) (at & (ring.length - 1))];
        }
        ring = larger;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return (int) (received - consumed);
        } finally {
            lock.unlock();
        }
    }

    /** Gives up the rest: the writer in the guest gets EPIPE. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed || lost != null) {
                return;
            }
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        sender.close(id);
    }
}
