// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

/** Makes text from outside fit for a message on a terminal. */
public final class Printable {
    private Printable() {}

    /**
     * @param text anything
     * @param max the most characters wanted
     * @return one line without control characters
     */
    public static String line(String text, int max) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), max) + 1);
        for (int i = 0; i < text.length(); i++) {
            if (line.length() == max) {
                return line.append('…').toString();
            }
            char c = text.charAt(i);
            boolean hidden =
                    Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || Character.isSurrogate(c);
            line.append(hidden ? '?' : c);
        }
        return line.toString();
    }
}
