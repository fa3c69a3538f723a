// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jline.reader.History;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the lines of the shell in a file of the client's home. */
final class ShellHistory {
    private static final Logger LOG = LoggerFactory.getLogger(ShellHistory.class);
    private static final int LINES = 500;
    private static final int SIZE_LIMIT = 1024 * 1024;

    private final Session session;
    private final History history;

    ShellHistory(Session session, History history) {
        this.session = session;
        this.history = history;
    }

    private String path() {
        return session.environment().getOrDefault("HOME", "") + "/.hyperctl_history";
    }

    void load() {
        try (var file = session.read(path())) {
            var text = new String(file.readNBytes(SIZE_LIMIT), StandardCharsets.UTF_8);
            text.lines().forEach(history::add);
        } catch (IOException e) {
            LOG.debug("no history: {}", e.getMessage());
        }
    }

    void save() {
        var lines = new StringBuilder();
        int skipped = Math.max(0, history.size() - LINES);
        history.forEach(entry -> {
            if (entry.index() - history.first() >= skipped) {
                lines.append(entry.line().replace('\n', ' ')).append('\n');
            }
        });
        try {
            var file = session.write(path());
            file.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            file.close();
        } catch (IOException e) {
            LOG.debug("history not kept: {}", e.getMessage());
        }
    }
}
