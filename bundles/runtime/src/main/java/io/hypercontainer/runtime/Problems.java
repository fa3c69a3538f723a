// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is damaged or missing now, for whoever asks how the daemon is. */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final Map<String, String> lines = new ConcurrentSkipListMap<>();

    /** Notes a problem, instead of the one noted before about the same thing. */
    void report(String about, String line) {
        if (!line.equals(lines.put(about, line))) {
            LOG.warn("{}", line);
        }
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

    List<String> all() {
        return List.copyOf(lines.values());
    }
}
