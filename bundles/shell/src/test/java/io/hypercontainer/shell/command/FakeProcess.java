// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.runtime.Attachment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/** A process whose life the test decides. */
public final class FakeProcess implements Attachment {
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<String> input = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final BlockingQueue<Integer> signals = new LinkedBlockingQueue<>();
    private final List<TerminalSize> sizes = new ArrayList<>();
    private final boolean terminal;
    private InputStream stdout = InputStream.nullInputStream();
    private InputStream stderr = InputStream.nullInputStream();
    private volatile boolean closed;

    /** Makes one that runs. */
    public FakeProcess(boolean terminal) {
        this.terminal = terminal;
    }

    /** Makes one that has printed something and ended. */
    public static FakeProcess ended(int code, String out, String err) {
        return new FakeProcess(false).printing(out, err).exit(code);
    }

    /** Decides its output. */
    public FakeProcess printing(String out, String err) {
        stdout = new ByteArrayInputStream(out.getBytes(UTF_8));
        stderr = new ByteArrayInputStream(err.getBytes(UTF_8));
        return this;
    }

    /** Decides its output. */
    public FakeProcess printing(InputStream out) {
        stdout = out;
        return this;
    }

    /** Ends it. */
    public FakeProcess exit(int code) {
        exit.complete(new ExitStatus(code, 0, false, Instant.EPOCH));
        return this;
    }

    /** Ends it by a signal. */
    public FakeProcess killed(int signal) {
        exit.complete(new ExitStatus(0, signal, false, Instant.EPOCH));
        return this;
    }

    /** Loses the connection to it. */
    public FakeProcess lost(String why) {
        exit.completeExceptionally(new Unavailable(why));
        return this;
    }

    /** All that it was given, once its input has been closed. */
    public String wholeInput() {
        return input.join();
    }

    /** What it was given so far. */
    public String inputSoFar() {
        return received.toString(UTF_8);
    }

    /** Whether its input has been closed. */
    public boolean inputClosed() {
        return input.isDone();
    }

    /** Waits for a signal. */
    public int nextSignal() throws InterruptedException {
        return signals.take();
    }

    /** Sizes that its terminal was given. */
    public synchronized List<TerminalSize> sizes() {
        return List.copyOf(sizes);
    }

    /** Whether the connection has been closed. */
    public boolean closed() {
        return closed;
    }

    @Override
    public OutputStream stdin() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (closed) {
                    throw new IOException("the connection is closed");
                }
                received.write(b);
            }

            @Override
            public void close() {
                input.complete(received.toString(UTF_8));
            }
        };
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public InputStream stderr() {
        return stderr;
    }

    @Override
    public boolean hasTerminal() {
        return terminal;
    }

    @Override
    public synchronized void resize(TerminalSize size) {
        sizes.add(size);
    }

    @Override
    public void signal(int signal) {
        signals.add(signal);
    }

    @Override
    public ExitStatus waitFor() {
        try {
            return exit.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting", e);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
