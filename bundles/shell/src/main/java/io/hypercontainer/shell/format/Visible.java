// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

/**
 * Makes control characters visible. Names, labels and commands come from images that may be
 * hostile; printed as they are, they could drive the terminal.
 */
public final class Visible {
    private Visible() {}

    /**
     * @param text any text
     * @return it without control characters, those shown as {@code \x1b}
     */
    public static String of(String text) {
        if (text.codePoints().noneMatch(Visible::hidden)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> append(out, c));
        return out.toString();
    }

    /**
     * @param text any text
     * @return it in double quotes, as Go's {@code strconv.Quote} writes it
     */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '"' -> out.append("\\\"");
                        case '\\' -> out.append("\\\\");
                        case '\n' -> out.append("\\n");
                        case '\r' -> out.append("\\r");
                        case '\t' -> out.append("\\t");
                        default -> append(out, c);
                    }
                });
        return out.append('"').toString();
    }

    static void append(StringBuilder out, int codePoint) {
        if (!hidden(codePoint)) {
            out.appendCodePoint(codePoint);
        } else if (codePoint < 0x100) {
            out.append(String.format("\\x%02x", codePoint));
        } else {
            out.append(String.format("\\u%04x", codePoint));
        }
    }

    private static boolean hidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }
}
