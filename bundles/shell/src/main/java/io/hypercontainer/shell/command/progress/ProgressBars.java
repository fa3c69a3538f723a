// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.shell.format.Visible;
import java.io.PrintStream;
import java.time.Duration;
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

    private record Line(int row, String status, long began, long drawn) {}

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
        if (line == null) {
            line = new Line(lines.size(), progress.status(), now, now);
            lines.put(progress.item(), line);
            out.println(ProgressBar.of(progress, columns, Duration.ZERO));
        } else {
            redraw(progress, line, now);
        }
        out.flush();
    }

    private void redraw(Progress progress, Line line, long now) {
        boolean same = line.status().equals(progress.status());
        if (same && now - line.drawn() < REDRAW_NANOS && progress.current() < progress.total()) {
            return;
        }
        long began = same ? line.began() : now;
        lines.put(progress.item(), new Line(line.row(), progress.status(), began, now));
        int up = lines.size() - line.row();
        // A line that has left the terminal at its top cannot be reached any more.
        if (up < rows) {
            String text = ProgressBar.of(progress, columns, Duration.ofNanos(now - began));
            out.print("\u001b[" + up + "A\r\u001b[2K" + text + "\u001b[" + up + "B\r");
        }
    }
}
