// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames that wait to be written. Bounded, so that a guest that does not read stops those who send
 * to it instead of filling the host's memory.
 */
final class Outbox {
    private static final int MAX_BYTES = 256 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuffer> frames = new ArrayDeque<>();
    private int bytes;
    private boolean closed;

    /**
     * Adds a frame. An interrupted sender gives up before anything of the frame is sent.
     *
     * @param nanos how long to wait for room
     * @return false if there was no room in time or the outbox is closed
     */
    boolean add(ByteBuffer frame, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (bytes >= MAX_BYTES && !closed) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            if (closed) {
                return false;
            }
            bytes += frame.remaining();
            frames.add(frame);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Moves what fits into {@code target}; waits for something to move. False once closed. */
    boolean drainTo(ByteBuffer target) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (frames.isEmpty() && !closed) {
                changed.await();
            }
            if (closed) {
                return false;
            }
            for (ByteBuffer next = frames.peek();
                    next != null && next.remaining() <= target.remaining();
                    next = frames.peek()) {
                bytes -= next.remaining();
                target.put(frames.remove());
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            frames.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
