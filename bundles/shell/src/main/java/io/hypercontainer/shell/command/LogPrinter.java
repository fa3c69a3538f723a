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

    LogPrinter(Session session, boolean timestamps, boolean flush) {
        out = new Stream(session.out(), timestamps, flush);
        err = new Stream(session.err(), timestamps, true);
    }

    @Override
    public void accept(LogLine line) {
        (line.error() ? err : out).print(line);
    }

    private static final class Stream {
        private final PrintStream to;
        private final boolean timestamps;
        private final boolean flush;
        private boolean atLineStart = true;

        Stream(PrintStream to, boolean timestamps, boolean flush) {
            this.to = to;
            this.timestamps = timestamps;
            this.flush = flush;
        }

        void print(LogLine line) {
            byte[] content = line.content();
            if (timestamps && atLineStart) {
                byte[] time = (Timestamp.nanos(line.time()) + " ").getBytes(US_ASCII);
                to.write(time, 0, time.length);
            }
            to.write(content, 0, content.length);
            atLineStart = content.length > 0 && content[content.length - 1] == '\n';
            if (flush) {
                to.flush();
            }
        }
    }
}
