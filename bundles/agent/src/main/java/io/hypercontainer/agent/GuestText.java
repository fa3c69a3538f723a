// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

/** Text that a guest wrote, made fit for a message to a person: one line, bounded, printable. */
final class GuestText {
    private static final int MAX = 500;

    private GuestText() {}

    static String clean(String text) {
        return clean(text, MAX);
    }

    static String clean(String text, int max) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), max));
        text.codePoints()
                .limit(max)
                .map(c -> Character.isISOControl(c) || isFormat(c) ? ' ' : c)
                .forEach(out::appendCodePoint);
        return out.toString().strip();
    }

    /** Such characters turn the direction of text or are invisible. */
    private static boolean isFormat(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            default -> false;
        };
    }
}
