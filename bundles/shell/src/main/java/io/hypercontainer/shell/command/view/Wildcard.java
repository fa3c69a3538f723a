// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

/** Patterns with {@code *} and {@code ?}, neither of which stands for a slash. */
final class Wildcard {
    private Wildcard() {}

    /** Goes back to the last star only, so that the time is bounded by the product of lengths. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int afterStar = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = t;
            } else if (p < pattern.length() && fits(pattern.charAt(p), text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0 && text.charAt(afterStar) != '/') {
                p = star + 1;
                t = ++afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static boolean fits(char pattern, char c) {
        return pattern == c || (pattern == '?' && c != '/');
    }
}
