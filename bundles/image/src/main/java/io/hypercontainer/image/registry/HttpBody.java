// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that fails when its sender is silent for too long; the JDK's
 * own has no such limit. Holds no more than a few buffers.
 */
final class HttpBody extends InputStream implements HttpResponse.BodySubscriber<HttpBody> {
    private static final int BUFFERS = 8;

    private final Duration silence;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> current = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private @Nullable Part end;

    private sealed interface Part {
        record Data(List<ByteBuffer> buffers) implements Part {}

        record Complete() implements Part {}

        record Broken(Throwable cause) implements Part {}
    }

    HttpBody(Duration silence) {
        this.silence = silence;
    }

    @Override
    public CompletionStage<HttpBody> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(BUFFERS);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        parts.add(new Part.Data(item));
    }

    @Override
    public void onError(Throwable throwable) {
        parts.add(new Part.Broken(throwable));
    }

    @Override
    public void onComplete() {
        parts.add(new Part.Complete());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            ByteBuffer buffer = current.peek();
            if (buffer == null) {
                if (!fill()) {
                    return -1;
                }
            } else if (buffer.hasRemaining()) {
                int n = Math.min(length, buffer.remaining());
                buffer.get(bytes, offset, n);
                return n;
            } else {
                current.remove();
            }
        }
    }

    private boolean fill() throws IOException {
        Part part = end == null ? take() : end;
        if (part instanceof Part.Data data) {
            current.addAll(data.buffers);
            Flow.Subscription sender = subscription;
            if (sender != null) {
                sender.request(1);
            }
            return true;
        }
        end = part;
        if (part instanceof Part.Broken broken) {
            throw new IOException("connection broken: " + reason(broken.cause), broken.cause);
        }
        return false;
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private Part take() throws IOException {
        try {
            Part part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
            if (part == null) {
                close();
                throw new HttpTimeoutException("nothing came for " + silence.toSeconds() + " s");
            }
            return part;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Gives the rest up; the connection is closed if there is one. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription sender = subscription;
        if (sender != null) {
            sender.cancel();
        }
    }
}
