// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.shell.format.Timestamp;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Prints log lines where they were printed, with their time in front if wanted. */
final class LogPrinter implements Consumer<LogLine> {
    private final Stream out;
    private final Stream err;

    LogPrinter(Session session, boolean timestamps, boolean details, boolean flush) {
        out = new Stream(session.out(), timestamps, details, flush);
        err = new Stream(session.err(), timestamps, details, true);
    }

    @Override
    public void accept(LogLine line) {
        (line.error() ? err : out).print(line);
    }

    private static final class Stream {
        private final PrintStream to;
        private final boolean timestamps;
        private final boolean details;
        private final boolean flush;
        private boolean atLineStart = true;

        Stream(PrintStream to, boolean timestamps, boolean details, boolean flush) {
            this.to = to;
            this.timestamps = timestamps;
            this.details = details;
            this.flush = flush;
        }

        void print(LogLine line) {
            byte[] content = line.content();
            if (timestamps && atLineStart) {
                byte[] time = (Timestamp.nanos(line.time()) + " ").getBytes(US_ASCII);
                to.write(time, 0, time.length);
            }
            if (details && atLineStart) {
                // Docker's field of attributes, of which a line has none here.
                to.write(' ');
            }
            to.write(content, 0, content.length);
            atLineStart = content.length > 0 && content[content.length - 1] == '\n';
            if (flush) {
                to.flush();
            }
        }
    }
}
