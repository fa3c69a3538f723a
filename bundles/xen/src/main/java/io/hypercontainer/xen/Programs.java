// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host. */
final class Programs {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_OUTPUT = 4 << 20;
    private static final int LINES = 5;

    private Programs() {}

    /**
     * {@return what it printed}
     *
     * @throws DriverFailure if it fails; the message has its last lines
     */
    static String run(List<String> words) {
        return run(words, "");
    }

    /**
     * {@return what it printed}
     *
     * @param input what it reads
     */
    static String run(List<String> words, String input) {
        try {
            var process = builder(words).redirectErrorStream(true).start();
            var limit = Thread.ofVirtual().start(() -> endIfLate(process));
            try (var out = process.getInputStream()) {
                try (var in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
                var said = new String(out.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
                var status = process.waitFor();
                if (status != 0) {
                    throw new DriverFailure(
                            "%s fails (status %d): %s"
                                    .formatted(String.join(" ", words), status, last(said)));
                }
                return said;
            } catch (InterruptedException e) {
                throw new Interrupted("run " + words.getFirst(), e);
            } finally {
                limit.interrupt();
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new DriverFailure("cannot run " + words.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /** {@return a program in surroundings that are the same wherever the daemon runs} */
    static ProcessBuilder builder(List<String> words) {
        var builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static void endIfLate(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            // It has ended.
        }
    }

    private static String last(String said) {
        var lines = said.lines().filter(l -> !l.isBlank()).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
