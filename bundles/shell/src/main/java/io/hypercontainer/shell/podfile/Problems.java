// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a file, up to a bound. */
final class Problems {
    private static final int MOST = 20;
    private static final int LONGEST_QUOTE = 60;

    private final List<String> found = new ArrayList<>();
    private int further;

    void add(String path, String problem) {
        if (found.size() == MOST) {
            further++;
        } else {
            found.add(path.isEmpty() ? problem : path + ": " + problem);
        }
    }

    /** Ends the reading if anything is wrong. */
    void check() throws InvalidPodFile {
        if (found.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>(found);
        if (further > 0) {
            all.add("and " + further + " more");
        }
        throw new InvalidPodFile(all);
    }

    /** A value in a message: long ones are cut. */
    static String quoted(String value) {
        return value.length() <= LONGEST_QUOTE
                ? "'" + value + "'"
                : "'" + value.substring(0, LONGEST_QUOTE) + "…'";
    }
}
