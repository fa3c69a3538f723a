// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.runtime.Finding;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is damaged or missing now, for whoever asks how the daemon is. */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private static final String FILE = "file ";

    private final Map<String, String> lines = new ConcurrentSkipListMap<>();

    /** Notes a problem, instead of the one noted before about the same thing. */
    void report(String about, String line) {
        if (!line.equals(lines.put(about, line))) {
            LOG.warn("{}", line);
        }
    }

    /** Notes a problem of a file, which is solved when the file is gone. */
    void report(Path path, String line) {
        report(FILE + path, line);
    }

    /** Notes several problems about one thing. */
    void reportAll(String about, List<String> problems) {
        for (int i = 0; i < problems.size(); i++) {
            report(about + " " + i, problems.get(i));
        }
    }

    /**
     * Notes something that passes by itself as a rule, and is worth knowing only if it does not.
     */
    void expect(String about, String line) {
        lines.put(about, line);
    }

    void solved(String about) {
        lines.remove(about);
    }

    /** {@return what is wrong now} */
    List<Finding> findings() {
        lines.keySet().removeIf(about -> file(about).filter(Problems::isGone).isPresent());
        return lines.entrySet().stream().map(e -> finding(e.getKey(), e.getValue())).toList();
    }

    private static Finding finding(String about, String line) {
        return file(about)
                .map(path -> new Finding("record", path.toString(), line, false))
                .orElseGet(() -> new Finding("daemon", shorten(about), line, false));
    }

    private static Optional<Path> file(String about) {
        return about.startsWith(FILE)
                ? Optional.of(Path.of(about.substring(FILE.length())))
                : Optional.empty();
    }

    private static boolean isGone(Path path) {
        return !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String shorten(String about) {
        return about.replaceFirst("(?<=[0-9a-f]{12})[0-9a-f]{52}", "").replaceFirst(" \\d+$", "");
    }
}
