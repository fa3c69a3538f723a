// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import io.hypercontainer.api.image.Progress;
import io.hypercontainer.shell.format.Visible;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A line for each new state of a layer, without numbers, for files and pipes. */
final class ProgressLines implements Consumer<Progress> {
    private final PrintStream out;
    private final Map<String, String> states = new HashMap<>();

    ProgressLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void accept(Progress progress) {
        boolean bar = progress.current() > 0 || progress.total() > 0;
        if (bar || progress.status().equals(states.put(progress.item(), progress.status()))) {
            return;
        }
        String item = progress.item().isEmpty() ? "" : progress.item() + ": ";
        out.println(Visible.of(item + progress.status()));
        out.flush();
    }
}
