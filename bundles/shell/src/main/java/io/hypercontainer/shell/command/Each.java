// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.command.Session;
import java.util.List;

/** Does something with each of several names; what fails for one does not keep the others. */
final class Each {
    private Each() {}

    /** Something to do with a name. */
    @FunctionalInterface
    interface Action {
        void on(String name);
    }

    /** Does it and prints each name for which it worked; the result is an exit code. */
    static int echo(Session session, List<String> names, Action action) {
        return run(
                session,
                names,
                name -> {
                    action.on(name);
                    session.out().println(name);
                });
    }

    /** Does it; the result is an exit code. */
    static int run(Session session, List<String> names, Action action) {
        int code = 0;
        for (String name : names) {
            try {
                action.on(name);
            } catch (Interrupted e) {
                throw e;
            } catch (HyperException e) {
                Complaint.print(session, e);
                code = 1;
            }
        }
        return code;
    }
}
