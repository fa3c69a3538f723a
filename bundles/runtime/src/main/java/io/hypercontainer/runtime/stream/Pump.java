// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import io.hypercontainer.api.HyperException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Moves one output stream of a process to a sink and then to a hub. When the connection to the
 * guest is lost it waits for another stream that goes on at its offset.
 */
final class Pump implements Runnable {
    /** Where output goes before anybody attached gets it; must not throw. */
    interface Sink {
        void accept(byte[] bytes, int length);
    }

    private final Sink sink;
    private final OutputHub hub;
    private final CountDownLatch done = new CountDownLatch(1);

    /**
     * Held while bytes are on their way from the source to the sink, so that the offset is true.
     */
    private final ReentrantLock gate = new ReentrantLock();

    private final Condition fed = gate.newCondition();
    private @Nullable InputStream source;
    private long offset;
    private volatile boolean stopped;
    private volatile @Nullable Thread runner;

    Pump(Sink sink, OutputHub hub, long offset) {
        this.sink = sink;
        this.hub = hub;
        this.offset = offset;
    }

    /** Goes on with a stream that begins at the offset that {@link #cut} gave. */
    void feed(InputStream stream) {
        gate.lock();
        try {
            source = stream;
            fed.signalAll();
        } finally {
            gate.unlock();
        }
    }

    /**
     * Takes nothing more from the stream, whose connection is lost.
     *
     * @return how many bytes have been dealt with
     */
    long cut() {
        gate.lock();
        try {
            source = null;
            return offset;
        } finally {
            gate.unlock();
        }
    }

    /** Moves nothing any more; does nothing after the end. */
    void stop() {
        stopped = true;
        Thread thread = runner;
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        byte[] buffer = new byte[32 * 1024];
        try {
            int n;
            while ((n = next(buffer)) >= 0) {
                hub.send(buffer, n);
            }
            hub.end();
        } catch (InterruptedException e) {
            hub.fail("the daemon is stopping");
        } finally {
            runner = null;
            done.countDown();
        }
    }

    private int next(byte[] buffer) throws InterruptedException {
        gate.lockInterruptibly();
        try {
            while (!stopped) {
                InputStream stream = source;
                if (stream == null) {
                    fed.await();
                    continue;
                }
                int n = read(stream, buffer);
                if (n > 0) {
                    sink.accept(buffer, n);
                    offset += n;
                }
                if (n != LOST) {
                    return n;
                }
                source = null;
            }
            return -1;
        } finally {
            gate.unlock();
        }
    }

    private static final int LOST = -2;

    private static int read(InputStream stream, byte[] buffer) throws InterruptedException {
        try {
            return stream.read(buffer);
        } catch (IOException | HyperException e) {
            // The connection's loss is dealt with by whoever holds the connection.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return LOST;
        }
    }

    /** {@return whether the end of the stream was reached within the time} */
    boolean awaitEnd(long nanos) throws InterruptedException {
        return done.await(nanos, TimeUnit.NANOSECONDS);
    }
}
