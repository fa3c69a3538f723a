// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import io.hypercontainer.api.image.Progress;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.Visible;
import java.time.Duration;

/** One line about a layer: {@code 0123456789ab: Downloading [===> ] 1.2MB/4MB}. */
final class ProgressBar {
    private static final int CELLS = 50;
    private static final int WIDE = 110;
    private static final int ROOM_FOR_TIME = 50;

    private ProgressBar() {}

    /**
     * @param progress a step
     * @param columns width of the terminal
     * @param elapsed how long it has gone on
     * @return the line, not wider than the terminal
     */
    static String of(Progress progress, int columns, Duration elapsed) {
        String head = Visible.of(progress.item() + ": " + progress.status() + " ");
        String line =
                head
                        + bar(progress, columns)
                        + numbers(progress)
                        + timeLeft(progress, columns, elapsed);
        String text = line.stripTrailing();
        int width = Math.max(1, columns - 1);
        return text.length() <= width ? text : text.substring(0, width);
    }

    private static String bar(Progress progress, int columns) {
        if (progress.total() <= 0 || columns <= WIDE) {
            return "";
        }
        double share = (double) progress.current() / progress.total();
        int done = Math.clamp((long) (share * CELLS), 0, CELLS);
        return "[" + "=".repeat(done) + ">" + " ".repeat(CELLS - done) + "] ";
    }

    /** A guess from less than a second would jump. */
    private static String timeLeft(Progress progress, int columns, Duration elapsed) {
        if (columns <= ROOM_FOR_TIME
                || elapsed.toSeconds() < 1
                || progress.current() <= 0
                || progress.current() >= progress.total()) {
            return "";
        }
        double share = (double) progress.current() / progress.total();
        long seconds = Math.round(elapsed.toMillis() / 1000.0 * (1 - share) / share);
        String minutes = seconds < 60 ? "" : seconds / 60 + "m";
        return "  " + minutes + seconds % 60 + "s";
    }

    private static String numbers(Progress progress) {
        if (progress.current() <= 0 && progress.total() <= 0) {
            return "";
        }
        String current = String.format("%8s", HumanSize.decimal(Math.max(0, progress.current())));
        return progress.total() <= 0 || progress.current() > progress.total()
                ? current
                : current + "/" + HumanSize.decimal(progress.total());
    }
}
