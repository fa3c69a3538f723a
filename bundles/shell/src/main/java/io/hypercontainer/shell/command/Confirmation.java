// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import java.io.IOException;

/** Asks before something is lost. */
final class Confirmation {
    private static final int MAX_ANSWER = 64;

    private Confirmation() {}

    /** Whether the answer is yes; no answer is no. */
    static boolean ask(Session session, String warning) throws IOException {
        session.out().println("WARNING! " + warning);
        session.out().print("Are you sure you want to continue? [y/N] ");
        session.out().flush();
        StringBuilder answer = new StringBuilder();
        int c;
        while ((c = session.in().read()) >= 0 && c != '\n' && answer.length() < MAX_ANSWER) {
            answer.append((char) c);
        }
        return answer.toString().strip().equalsIgnoreCase("y");
    }
}
