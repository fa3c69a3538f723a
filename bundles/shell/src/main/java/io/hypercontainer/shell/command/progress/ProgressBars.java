// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.shell.format.Visible;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A line for each layer, redrawn in place, for a terminal. */
final class ProgressBars implements Consumer<Progress> {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int DEFAULT_ROWS = 24;
    private static final int DEFAULT_COLUMNS = 80;

    private final PrintStream out;
    private final int rows;
    private final int columns;
    private final LongSupplier nanoTime;
    private final Map<String, Line> lines = new HashMap<>();

    private record Line(int row, String status, long drawn) {}

    /**
     * @param out the terminal
     * @param size its size
     * @param nanoTime the time
     */
    ProgressBars(PrintStream out, TerminalSize size, LongSupplier nanoTime) {
        this.out = out;
        this.rows = size.rows() == 0 ? DEFAULT_ROWS : size.rows();
        this.columns = size.columns() == 0 ? DEFAULT_COLUMNS : size.columns();
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void accept(Progress progress) {
        if (progress.item().isEmpty()) {
            lines.clear();
            out.println(Visible.of(progress.status()));
            out.flush();
            return;
        }
        long now = nanoTime.getAsLong();
        Line line = lines.get(progress.item());
        String text = ProgressBar.of(progress, columns);
        if (line == null) {
            lines.put(progress.item(), new Line(lines.size(), progress.status(), now));
            out.println(text);
        } else if (line.status().equals(progress.status())
                && now - line.drawn() < REDRAW_NANOS
                && progress.current() < progress.total()) {
            return;
        } else {
            lines.put(progress.item(), new Line(line.row(), progress.status(), now));
            redraw(lines.size() - line.row(), text);
        }
        out.flush();
    }

    /** Lines that have left the terminal at its top cannot be reached any more. */
    private void redraw(int up, String text) {
        if (up < rows) {
            out.print("\u001b[" + up + "A\r\u001b[2K" + text + "\u001b[" + up + "B\r");
        }
    }
}
