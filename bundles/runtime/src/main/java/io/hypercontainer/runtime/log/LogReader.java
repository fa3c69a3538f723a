// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the part of a log that somebody asked for. */
final class LogReader {
    private final FileLog log;
    private final LogCodec codec;

    LogReader(FileLog log, LogCodec codec) {
        this.log = log;
        this.codec = codec;
    }

    void read(LogOptions options, Consumer<LogLine> sink) throws IOException {
        long skip = options.tail().isPresent() ? lines(options) - options.tail().get() : 0;
        try (LogCursor cursor = new LogCursor(log, codec)) {
            while (true) {
                // Both are asked before the end is looked for, so that no change is missed.
                long version = log.version();
                boolean more = options.follow() && log.running();
                for (Optional<LogEntry> entry = cursor.next();
                        entry.isPresent();
                        entry = cursor.next()) {
                    LogEntry e = entry.get();
                    if (isAfter(options, e)) {
                        return;
                    }
                    if (!wanted(options, e)) {
                        continue;
                    }
                    if (skip > 0) {
                        skip -= e.endsLine() ? 1 : 0;
                        continue;
                    }
                    sink.accept(new LogLine(e.time(), e.error(), e.content()));
                }
                if (!more) {
                    return;
                }
                log.awaitChange(version);
            }
        }
    }

    /** Two passes over the files cost less than lines kept in memory by a number users choose. */
    private long lines(LogOptions options) throws IOException {
        long lines = 0;
        boolean open = false;
        try (LogCursor cursor = new LogCursor(log, codec)) {
            for (Optional<LogEntry> entry = cursor.next();
                    entry.isPresent() && !isAfter(options, entry.get());
                    entry = cursor.next()) {
                if (wanted(options, entry.get())) {
                    open = !entry.get().endsLine();
                    lines += open ? 0 : 1;
                }
            }
        }
        return open ? lines + 1 : lines;
    }

    private static boolean isAfter(LogOptions options, LogEntry entry) {
        return options.until().isPresent() && entry.time().isAfter(options.until().get());
    }

    private static boolean wanted(LogOptions options, LogEntry entry) {
        return (entry.error() ? options.stderr() : options.stdout())
                && !(options.since().isPresent() && entry.time().isBefore(options.since().get()));
    }
}
