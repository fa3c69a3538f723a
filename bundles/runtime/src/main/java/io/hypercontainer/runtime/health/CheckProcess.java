// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.Attachment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of one check. */
final class CheckProcess {
    private static final Logger LOG = LoggerFactory.getLogger(CheckProcess.class);
    private static final int KILL = 9;

    private final Attachment process;
    private final Duration patience;
    private final CheckOutput output = new CheckOutput();
    private final CompletableFuture<ExitStatus> end = new CompletableFuture<>();
    private final Thread out;
    private final Thread err;

    /**
     * @param patience for a guest to deal with a signal, and for the last output to come
     */
    CheckProcess(String name, Attachment process, Threading threads, Duration patience) {
        this.process = process;
        this.patience = patience;
        this.out = threads.start(name + "-out", () -> output.drain(process.stdout()));
        this.err = threads.start(name + "-err", () -> output.drain(process.stderr()));
        threads.start(name + "-end", this::awaitEnd);
    }

    private void awaitEnd() {
        try {
            end.complete(process.waitFor());
        } catch (HyperException e) {
            end.completeExceptionally(e);
        }
        try {
            awaitOutput();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.close();
        }
    }

    /** {@return how it ended, once it has} */
    CompletableFuture<ExitStatus> end() {
        return end;
    }

    /** {@return the beginning of what it has printed} */
    String output() {
        return output.text();
    }

    /** Waits until all that it printed is there; not for long, as its children may go on. */
    void awaitOutput() throws InterruptedException {
        out.join(patience);
        err.join(patience);
    }

    void kill() {
        try {
            process.signal(KILL);
        } catch (HyperException e) {
            LOG.debug("a check cannot be killed: {}", e.getMessage());
        }
    }

    /** {@return whether it is gone after a while} */
    boolean isGone() throws InterruptedException {
        try {
            end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
