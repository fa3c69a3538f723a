// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import io.hypercontainer.api.Interrupted;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Leads what one side writes to another that reads, through a pipe of bounded size. */
final class Conveyor {
    /** Writes. */
    interface Producer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Reads. */
    interface Consumer {
        void readFrom(InputStream in) throws IOException;
    }

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final AtomicLong moved = new AtomicLong();

    /** Runs both until both are done; what fails first is thrown. Returns how much was moved. */
    long run(Producer producer, Consumer consumer) throws IOException {
        Pipe pipe = Pipe.open();
        Thread thread = Thread.ofVirtual().name("copy").start(() -> produce(producer, pipe.sink()));
        try (InputStream in = new Whole(Channels.newInputStream(pipe.source()))) {
            consumer.readFrom(in);
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
        // What the other side writes now has no reader, and fails; it may also wait for something.
        if (failure.get() != null) {
            thread.interrupt();
        }
        join(thread);
        Exception first = failure.get();
        if (first != null && Thread.interrupted()) {
            throw new Interrupted("copying", new InterruptedException(first.getMessage()));
        }
        if (first instanceof IOException e) {
            throw e;
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
        return moved.get();
    }

    private void produce(Producer producer, Pipe.SinkChannel sink) {
        try (OutputStream out = new Counted(Channels.newOutputStream(sink))) {
            produce(producer, out);
        } catch (IOException e) {
            fail(e);
        }
    }

    /** A failure is known before the reader sees the end that comes of it. */
    private void produce(Producer producer, OutputStream out) {
        try {
            producer.writeTo(out);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Exception e) {
        failure.compareAndSet(null, e);
    }

    private static void join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new Interrupted("copying", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Counted extends FilterOutputStream {
        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            moved.addAndGet(length);
        }
    }

    /** An end that came from a failure is no end. */
    private final class Whole extends FilterInputStream {
        Whole(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = in.read(to, offset, length);
            if (n < 0 && failure.get() != null) {
                throw new IOException("the copy was given up", failure.get());
            }
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
    }
}
