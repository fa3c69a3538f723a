// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.runtime.Attachment;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/** A check's process whose life the test decides. */
final class FakeCheck implements Attachment {
    final BlockingQueue<Integer> signals = new LinkedBlockingQueue<>();
    final InputStream out;
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final boolean mortal;

    private FakeCheck(String output, boolean mortal) {
        this.out = new ByteArrayInputStream(output.getBytes(UTF_8));
        this.mortal = mortal;
    }

    static FakeCheck ended(int code, String output) {
        FakeCheck check = new FakeCheck(output, true);
        check.exit(code);
        return check;
    }

    /** One that goes on until it is killed. */
    static FakeCheck hanging(String output) {
        return new FakeCheck(output, true);
    }

    /** One that cannot even be killed. */
    static FakeCheck stuck() {
        return new FakeCheck("", false);
    }

    void exit(int code) {
        exit.complete(new ExitStatus(code, 0, false, Instant.EPOCH));
    }

    @Override
    public OutputStream stdin() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream stdout() {
        return out;
    }

    @Override
    public InputStream stderr() {
        return InputStream.nullInputStream();
    }

    @Override
    public boolean hasTerminal() {
        return false;
    }

    @Override
    public void resize(TerminalSize size) {}

    @Override
    public void signal(int signal) {
        signals.add(signal);
        if (mortal) {
            exit.complete(new ExitStatus(0, signal, false, Instant.EPOCH));
        }
    }

    @Override
    public ExitStatus waitFor() {
        try {
            return exit.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed.complete(null);
    }
}
