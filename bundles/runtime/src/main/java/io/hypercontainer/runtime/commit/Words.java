// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Words of an instruction, as in a Dockerfile: between white space, with quotes and backslashes
 * taken away and variables ({@code $NAME}, {@code ${NAME}}) put in, except between single quotes.
 */
final class Words {
    private final String text;
    private final Map<String, String> variables;
    private final StringBuilder word = new StringBuilder();
    private int at;

    private Words(String text, Map<String, String> variables) {
        this.text = text;
        this.variables = variables;
    }

    /**
     * @throws InvalidSpec if a quote or brace is not closed
     */
    static List<String> split(String text, Map<String, String> variables) {
        return new Words(text, variables).split();
    }

    private List<String> split() {
        List<String> words = new ArrayList<>();
        for (skipSpace(); at < text.length(); skipSpace()) {
            word.setLength(0);
            while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
                next();
            }
            words.add(word.toString());
        }
        return words;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void next() {
        char c = text.charAt(at++);
        switch (c) {
            case '\'' -> {
                int end = end('\'');
                word.append(text, at, end);
                at = end + 1;
            }
            case '"' -> doubleQuoted();
            case '\\' -> word.append(at < text.length() ? text.charAt(at++) : c);
            case '$' -> variable();
            default -> word.append(c);
        }
    }

    private int end(char close) {
        int end = text.indexOf(close, at);
        if (end < 0) {
            throw new InvalidSpec("'" + text + "' lacks a closing " + close);
        }
        return end;
    }

    private void doubleQuoted() {
        while (true) {
            if (at == text.length()) {
                throw new InvalidSpec("'" + text + "' lacks a closing \"");
            }
            char c = text.charAt(at++);
            switch (c) {
                case '"' -> {
                    return;
                }
                case '$' -> variable();
                case '\\' -> {
                    boolean special = at < text.length() && "\"$\\".indexOf(text.charAt(at)) >= 0;
                    word.append(special ? text.charAt(at++) : c);
                }
                default -> word.append(c);
            }
        }
    }

    private void variable() {
        boolean braced = at < text.length() && text.charAt(at) == '{';
        if (braced) {
            at++;
        }
        int start = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        String name = text.substring(start, at);
        if (braced && (name.isEmpty() || end('}') != at)) {
            throw new InvalidSpec("'" + text + "' has a variable that is not of the form ${NAME}");
        }
        if (braced) {
            at++;
        }
        word.append(name.isEmpty() ? "$" : variables.getOrDefault(name, ""));
    }

    private static boolean isNamePart(char c) {
        return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
    }
}
