// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.runtime.Attachment;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The host's side of one process in a guest, for as long as the process lives. */
public final class ProcessSession {
    /**
     * How long the output of an ended process may take to end. All of a container's processes are
     * gone with its first one; a further process may have left a child that holds its output.
     */
    private static final Duration LAST_OUTPUT_OF_INIT = Duration.ofSeconds(10);

    private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofHours(1);

    /** Where a process' output goes first. */
    public interface Output {
        /** Keeps nothing. */
        Output NONE = (error, bytes, length) -> {};

        /**
         * @param error whether it is error output
         * @param bytes holds the output
         * @param length number of bytes
         */
        void accept(boolean error, byte[] bytes, int length);
    }

    /**
     * What a session serves.
     *
     * @param id the process' id in its container
     * @param terminal whether it has a terminal
     * @param stdin whether it has an input
     * @param stdoutOffset how much of its output has been dealt with before
     * @param stderrOffset how much of its error output has been dealt with before
     */
    public record Kind(
            String id, boolean terminal, boolean stdin, long stdoutOffset, long stderrOffset) {}

    private final Kind kind;
    private final OutputHub stdout = new OutputHub();
    private final OutputHub stderr = new OutputHub();
    private final Pump stdoutPump;
    private final Pump stderrPump;
    private final InputGate stdin;
    private final CompletableFuture<ExitStatus> end = new CompletableFuture<>();
    private @Nullable GuestProcess process; // guarded by this

    /**
     * @param kind what it serves
     * @param output where output goes first
     */
    public ProcessSession(Kind kind, Output output) {
        this.kind = kind;
        this.stdoutPump =
                new Pump((b, n) -> output.accept(false, b, n), stdout, kind.stdoutOffset());
        this.stderrPump =
                new Pump((b, n) -> output.accept(true, b, n), stderr, kind.stderrOffset());
        this.stdin =
                new InputGate(
                        !kind.stdin()
                                ? InputGate.OnClose.DISCARD
                                : kind.terminal()
                                        ? InputGate.OnClose.STAY_OPEN
                                        : InputGate.OnClose.END_OF_FILE);
    }

    /** {@return the process' id in its container} */
    public String id() {
        return kind.id();
    }

    /** Moves output until it ends; runs on a thread of its own. */
    public void pumpOutput() {
        stdoutPump.run();
    }

    /** Moves error output until it ends; runs on a thread of its own. */
    public void pumpErrors() {
        stderrPump.run();
    }

    /**
     * Waits for the end of the process and of its output; runs on a thread of its own.
     *
     * @param onEnd called once if the process ended, before anybody who waits knows
     */
    public void watch(Consumer<ExitStatus> onEnd) {
        try {
            while (!end.isDone()) {
                GuestProcess watched = await();
                try {
                    Optional<ExitStatus> status = watched.waitFor(LONG);
                    if (status.isPresent()) {
                        finish(status.get(), onEnd);
                        return;
                    }
                } catch (io.hypercontainer.api.Interrupted e) {
                    return;
                } catch (HyperException lost) {
                    forget(watched);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(ExitStatus status, Consumer<ExitStatus> onEnd) throws InterruptedException {
        stdin.finish();
        stdout.relax();
        stderr.relax();
        boolean init = kind.id().equals(GuestProcess.INIT);
        long deadline = System.nanoTime() + (init ? LAST_OUTPUT_OF_INIT : LAST_OUTPUT).toNanos();
        stdoutPump.awaitEnd(deadline - System.nanoTime());
        stderrPump.awaitEnd(deadline - System.nanoTime());
        try {
            onEnd.accept(status);
        } finally {
            stdout.end();
            stderr.end();
            close(status, "");
        }
    }

    /**
     * Ends the session; does nothing if it has ended.
     *
     * @param status how the process ended
     * @param why tells clients why there is no more output, if it has no orderly end
     */
    public void close(ExitStatus status, String why) {
        stdin.finish();
        stdout.fail(why);
        stderr.fail(why);
        stdoutPump.stop();
        stderrPump.stop();
        end.complete(status);
        synchronized (this) {
            notifyAll();
        }
    }

    /** Ends the session without an end of the process: the daemon stops. */
    public void abandon() {
        stdin.finish();
        stdout.fail("the daemon is stopping");
        stderr.fail("the daemon is stopping");
        end.completeExceptionally(new io.hypercontainer.api.Unavailable("the daemon is stopping"));
    }

    private synchronized GuestProcess await() throws InterruptedException {
        GuestProcess found;
        while ((found = process) == null) {
            if (end.isDone()) {
                throw new InterruptedException("the session has ended");
            }
            wait();
        }
        return found;
    }

    private synchronized void forget(GuestProcess lost) {
        if (lost.equals(process)) {
            process = null;
        }
    }

    /**
     * Connects the session to its process.
     *
     * @param started the process, its streams at the session's offsets
     */
    public void feed(GuestProcess started) {
        stdin.feed(started.stdin());
        stdoutPump.feed(started.stdout());
        stderrPump.feed(started.stderr());
        synchronized (this) {
            process = started;
            notifyAll();
        }
    }

    /**
     * Finds the process again after the connection was lost.
     *
     * @param agent the new connection
     * @param container the container's id
     * @return whether the guest knows the process
     */
    public boolean resume(GuestAgent agent, String container) {
        Optional<GuestProcess> found =
                agent.process(container, kind.id(), stdoutPump.cut(), stderrPump.cut());
        found.ifPresent(this::feed);
        return found.isPresent();
    }

    /** {@return the process; empty while the connection to the guest is lost} */
    public synchronized Optional<GuestProcess> process() {
        return Optional.ofNullable(process);
    }

    /** {@return how the process ended, once it has} */
    public CompletableFuture<ExitStatus> end() {
        return end;
    }

    /**
     * Connects a client.
     *
     * @param waitFor what its {@link Attachment#waitFor} waits for
     * @param signalled told of each signal before it is sent
     * @return the connection
     */
    public Attachment attach(CompletableFuture<ExitStatus> waitFor, IntConsumer signalled) {
        return new Connection(
                stdin.connect(), stdout.connect(), stderr.connect(), waitFor, signalled);
    }

    private final class Connection implements Attachment {
        private final OutputStream in;
        private final Pipe out;
        private final Pipe err;
        private final CompletableFuture<ExitStatus> ended;
        private final IntConsumer signalled;

        Connection(
                OutputStream in,
                Pipe out,
                Pipe err,
                CompletableFuture<ExitStatus> ended,
                IntConsumer signalled) {
            this.in = in;
            this.out = out;
            this.err = err;
            this.ended = ended;
            this.signalled = signalled;
        }

        @Override
        public OutputStream stdin() {
            return in;
        }

        @Override
        public InputStream stdout() {
            return out.input();
        }

        @Override
        public InputStream stderr() {
            return err.input();
        }

        @Override
        public boolean hasTerminal() {
            return kind.terminal();
        }

        @Override
        public void resize(TerminalSize size) {
            process().ifPresent(p -> p.resize(size));
        }

        @Override
        public void signal(int signal) {
            process()
                    .ifPresent(p -> {
                        signalled.accept(signal);
                        p.signal(signal);
                    });
        }

        @Override
        public ExitStatus waitFor() {
            return Waiting.forEnd(ended);
        }

        @Override
        public void close() {
            out.close();
            err.close();
        }
    }
}
