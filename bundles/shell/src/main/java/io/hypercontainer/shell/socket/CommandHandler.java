// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.api.command.Session;
import java.util.List;

/** Runs command lines. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Runs a command on the calling thread, reports its errors to the session, and never throws.
     *
     * @param words the command line, without the program's name
     * @param session where it was typed
     * @return the exit code
     */
    int run(List<String> words, Session session);
}
