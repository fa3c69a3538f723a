// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.command.Session;
import java.util.ArrayList;
import java.util.List;

/** Does something with each of several names; what fails for one does not keep the others. */
final class Each {
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
