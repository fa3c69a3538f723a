// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Progress;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Chooses how progress is shown. */
public final class ProgressDisplay {
    private ProgressDisplay() {}

    /**
     * @param session the session
     * @param out its output or error output
     * @return bars on a terminal, else lines
     */
    public static Consumer<Progress> on(Session session, PrintStream out) {
        return session.outIsTerminal()
                ? new ProgressBars(
                        out, session.terminal().orElse(new TerminalSize(0, 0)), System::nanoTime)
                : new ProgressLines(out);
    }

    /** {@return shows nothing} */
    public static Consumer<Progress> none() {
        return progress -> {};
    }
}
