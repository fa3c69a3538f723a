// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.format.Visible;

/** What went wrong, in one line on the error output, by a command that goes on all the same. */
final class Complaint {
    private Complaint() {}

    static void print(Session session, Exception problem) {
        session.out().flush();
        session.err().println("hyperctl: " + Visible.of(String.valueOf(problem.getMessage())));
    }
}
