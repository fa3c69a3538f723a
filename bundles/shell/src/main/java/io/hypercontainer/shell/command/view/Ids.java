// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

/** Ids and texts cut short. */
public final class Ids {
    private static final int SHORT = 12;
    private static final String SHA256 = "sha256:";

    private Ids() {}

    /**
     * @param id an id, with or without {@code sha256:}
     * @return its first 12 hex digits
     */
    public static String shorten(String id) {
        String hex = id.startsWith(SHA256) ? id.substring(SHA256.length()) : id;
        return hex.length() <= SHORT ? hex : hex.substring(0, SHORT);
    }

    static String ellipsis(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
    }
}
