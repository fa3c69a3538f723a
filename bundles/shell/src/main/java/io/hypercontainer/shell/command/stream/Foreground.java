// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.stream;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.shell.command.option.DetachKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs a process in the foreground of a session: output apart from error output, input if wanted,
 * each key at once on a terminal, window size and signals passed on. Ends with the process, when
 * all that it printed has been passed on, or before it by the detach keys or a signal.
 */
public final class Foreground {
    private static final int BUFFER = 32 * 1024;
    private static final int SIGPIPE = 13;

    /** HUP, INT, QUIT, PIPE and TERM: what ends a program that does not care. */
    private static final Set<Integer> ENDING = Set.of(1, 2, 3, SIGPIPE, 15);

    private final Session session;
    private final Attachment process;
    private final Wish wish;
    private final CompletableFuture<End> end = new CompletableFuture<>();

    /**
     * What is wanted.
     *
     * @param input whether the session's input goes to the process
     * @param closeInput whether the end of that input is the end of the process' input
     * @param keys what leaves a terminal
     * @param proxySignals whether signals go to the process instead of ending the command
     * @param linger how long to wait for more output when the process has ended, for others may
     *     hold its output; empty for until all of them have ended
     */
    public record Wish(
            boolean input,
            boolean closeInput,
            DetachKeys keys,
            boolean proxySignals,
            Optional<Duration> linger) {}

    private sealed interface End {
        record Exited(ExitStatus status) implements End {}

        record Detached() implements End {}

        record Signalled(int number) implements End {}
    }

    private Foreground(Session session, Attachment process, Wish wish) {
        this.session = session;
        this.process = process;
        this.wish = wish;
    }

    /**
     * Refuses a terminal whose keys cannot be read one by one.
     *
     * @param session the session
     * @param input whether its input shall go to the process
     * @param terminal whether the process has or gets a terminal
     */
    public static void checkTerminal(Session session, boolean input, boolean terminal) {
        if (input && terminal && !session.inIsTerminal()) {
            throw new InvalidSpec("the input device is not a TTY");
        }
    }

    /**
     * Runs a process in the foreground and closes the connection to it.
     *
     * @param session where it was typed
     * @param process the process
     * @param wish how
     * @return the exit code
     * @throws IOException if the session is gone
     */
    public static int run(Session session, Attachment process, Wish wish) throws IOException {
        try (process) {
            return new Foreground(session, process, wish).run();
        }
    }

    private int run() throws IOException {
        session.onEvent(this::event);
        boolean raw = wish.input() && process.hasTerminal();
        session.rawMode(raw);
        Pump out = Pump.start(process.stdout(), session.out(), this::clientGone);
        Pump err = Pump.start(process.stderr(), session.err(), this::clientGone);
        Thread input = Thread.ofVirtual().name("input").unstarted(this::passInput);
        Thread waiter = Thread.ofVirtual().name("exit").start(this::awaitExit);
        if (wish.input()) {
            input.start();
        }
        try {
            return switch (end.get()) {
                case End.Exited exited -> {
                    finish(out);
                    finish(err);
                    yield exited.status().exitCode();
                }
                case End.Detached d -> {
                    session.rawMode(false);
                    session.err().println("read escape sequence");
                    yield 0;
                }
                case End.Signalled signalled -> 128 + signalled.number();
            };
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for the process", e);
        } catch (ExecutionException e) {
            throw failure(e);
        } finally {
            session.rawMode(false);
            process.close();
            input.interrupt();
            waiter.interrupt();
            out.stop();
            err.stop();
        }
    }

    private void finish(Pump pump) throws InterruptedException {
        pump.drain(wish.linger())
                .ifPresent(e ->
                        session.err()
                                .println(
                                        "hyperctl: output of the process was cut off: "
                                                + e.getMessage()));
    }

    private void awaitExit() {
        try {
            end.complete(new End.Exited(process.waitFor()));
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
        }
    }

    private void passInput() {
        KeyWatch watch = new KeyWatch(wish.keys().bytes());
        byte[] buffer = new byte[BUFFER];
        OutputStream to = process.stdin();
        try {
            int length;
            while ((length = session.in().read(buffer)) >= 0) {
                ByteArrayOutputStream passed = new ByteArrayOutputStream(length);
                boolean detach = false;
                if (process.hasTerminal()) {
                    detach = watch.take(buffer, length, passed);
                } else {
                    passed.write(buffer, 0, length);
                }
                passed.writeTo(to);
                to.flush();
                if (detach) {
                    end.complete(new End.Detached());
                    return;
                }
            }
            if (wish.closeInput()) {
                to.close();
            }
        } catch (IOException e) {
            // The process takes no more, or the client is gone. Both are told elsewhere, and a
            // client that is gone must not end the input of a process that goes on.
        }
    }

    private void event(SessionEvent event) {
        try {
            switch (event) {
                case SessionEvent.Resize resize -> {
                    if (process.hasTerminal()) {
                        process.resize(resize.size());
                    }
                }
                case SessionEvent.Signal signal -> signal(signal.number());
            }
        } catch (HyperException e) {
            // The process is about to end or its machine is gone; the exit status tells.
        }
    }

    private void signal(int number) {
        if (wish.proxySignals() && number != SIGPIPE) {
            process.signal(number);
        } else if (ENDING.contains(number)) {
            end.complete(new End.Signalled(number));
        }
    }

    private void clientGone() {
        end.completeExceptionally(new IOException("the client takes no more output"));
    }

    private static RuntimeException failure(ExecutionException e) throws IOException {
        return switch (e.getCause()) {
            case IOException io -> throw io;
            case RuntimeException r -> r;
            case null, default -> new IllegalStateException(e);
        };
    }
}
