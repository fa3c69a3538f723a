// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.command.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does something with each of several names; what fails for one does not keep the others. */
final class Each {
    private static final int AT_A_TIME = 16;

    private Each() {}

    /** Something to do with a name. */
    @FunctionalInterface
    interface Action {
        void on(String name) throws CannotExecute;
    }

    /** What went wrong. */
    record Outcome(List<Exception> problems) {
        /** Prints it and returns the exit code. */
        int report(Session session) {
            problems.forEach(problem -> Complaint.print(session, problem));
            return problems.isEmpty() ? 0 : 1;
        }
    }

    /** Does it, prints each name for which it worked, and returns the exit code. */
    static int echo(Session session, List<String> names, Action action) {
        return run(
                session,
                names,
                name -> {
                    action.on(name);
                    session.out().println(name);
                });
    }

    /**
     * As {@link #echo}, for what takes long and concerns each name alone: several at a time, told
     * in the order of the names.
     */
    static int echoTogether(Session session, List<String> names, Action action) {
        ExecutorService threads =
                Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory());
        try {
            List<Future<Outcome>> results = new ArrayList<>();
            for (String name : names) {
                results.add(threads.submit(() -> collect(List.of(name), action)));
            }
            int code = 0;
            for (int i = 0; i < names.size(); i++) {
                int failed = outcome(results.get(i)).report(session);
                if (failed == 0) {
                    session.out().println(names.get(i));
                }
                code = Math.max(code, failed);
            }
            return code;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Outcome outcome(Future<Outcome> result) {
        try {
            return result.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for several containers", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e);
        }
    }

    /** Does it, says at once what went wrong, and returns the exit code. */
    static int run(Session session, List<String> names, Action action) {
        int code = 0;
        for (String name : names) {
            code = Math.max(code, collect(List.of(name), action).report(session));
        }
        return code;
    }

    /** Does it and keeps what went wrong for later. */
    static Outcome collect(List<String> names, Action action) {
        List<Exception> problems = new ArrayList<>();
        for (String name : names) {
            try {
                action.on(name);
            } catch (Interrupted e) {
                throw e;
            } catch (HyperException | CannotExecute e) {
                problems.add(e);
            }
        }
        return new Outcome(problems);
    }
}
