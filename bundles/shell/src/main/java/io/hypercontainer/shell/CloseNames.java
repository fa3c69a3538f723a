// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant. */
public final class CloseNames {
    private static final int SUGGESTIONS = 3;

    private CloseNames() {}

    /** Names that start with what was typed or differ from it by a typing error or two. */
    public static List<String> of(String typed, Collection<String> names) {
        if (typed.isEmpty() || typed.length() > 64) {
            return List.of();
        }
        int allowed = typed.length() <= 3 ? 1 : 2;
        return names.stream()
                .filter(name -> name.startsWith(typed) || distance(typed, name) <= allowed)
                .sorted(Comparator.comparingInt(name -> distance(typed, name)))
                .limit(SUGGESTIONS)
                .toList();
    }

    /** Insertions, deletions, replacements and swaps of neighbours. */
    static int distance(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                steps[i][j] = i == 0 ? j : j == 0 ? i : step(steps, a, b, i, j);
            }
        }
        return steps[a.length()][b.length()];
    }

    private static int step(int[][] steps, String a, String b, int i, int j) {
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best =
                Math.min(
                        steps[i - 1][j - 1] + changed,
                        Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, steps[i - 2][j - 2] + 1) : best;
    }
}
