// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Puts frames onto a channel. They go through a short queue to a thread of its own: an interrupt of
 * whoever sends must not meet the channel, which would close.
 */
final class FrameWriter {
    private static final int QUEUED = 16;
    private static final ByteBuffer LAST = ByteBuffer.allocate(0);

    private final GatheringByteChannel channel;
    private final BlockingQueue<ByteBuffer> queue = new ArrayBlockingQueue<>(QUEUED);
    private final Thread thread;
    private volatile boolean broken;

    FrameWriter(GatheringByteChannel channel, String name) {
        this.channel = channel;
        this.thread = Thread.ofVirtual().name(name).start(this::run);
    }

    /** Waits while the client takes nothing. */
    void send(Frame frame) throws IOException {
        send(frame.type(), frame.payload(), 0, frame.payload().length);
    }

    /** A frame whose payload is copied. */
    void send(byte type, byte[] bytes, int offset, int length) throws IOException {
        enqueue(header(type, length).put(bytes, offset, length).flip());
    }

    /** A frame that starts with the id of a file. */
    void send(byte type, int id, byte[] bytes, int offset, int length) throws IOException {
        enqueue(header(type, Integer.BYTES + length).putInt(id).put(bytes, offset, length).flip());
    }

    private static ByteBuffer header(byte type, int length) {
        return ByteBuffer.allocate(Frame.HEADER + length).put(type).putInt(length);
    }

    private void enqueue(ByteBuffer frame) throws IOException {
        try {
            // Looks again now and then: the queue is no longer emptied once the channel is broken.
            do {
                if (broken) {
                    throw new IOException("the client is gone");
                }
            } while (!queue.offer(frame, 1, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while writing to the client")
                            .initCause(e);
        }
    }

    /** Returns when all that was sent is on its way, or cannot be any more. */
    void finish() throws IOException {
        enqueue(LAST);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the thread; what is still queued is lost. */
    void stop() {
        thread.interrupt();
    }

    private void run() {
        var batch = new ArrayList<ByteBuffer>(QUEUED);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch);
                boolean last = batch.remove(LAST);
                write(batch.toArray(ByteBuffer[]::new));
                if (last) {
                    return;
                }
                batch.clear();
            }
        } catch (IOException | InterruptedException e) {
            // The reader of the connection notices too and ends the session.
            broken = true;
        }
    }

    private void write(ByteBuffer[] frames) throws IOException {
        int first = 0;
        while (first < frames.length) {
            channel.write(frames, first, frames.length - first);
            while (first < frames.length && !frames[first].hasRemaining()) {
                first++;
            }
        }
    }
}
