// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.List;

/** Cuts a template into tokens. */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        boolean trim = false;
        while (at < source.length()) {
            int open = source.indexOf("{{", at);
            String text = source.substring(at, open < 0 ? source.length() : open);
            at = open < 0 ? source.length() : open + 2;
            boolean trimEnd =
                    source.startsWith("-", at)
                            && at + 1 < source.length()
                            && space(source.charAt(at + 1));
            text = trim ? text.stripLeading() : text;
            text = trimEnd ? text.stripTrailing() : text;
            if (!text.isEmpty()) {
                tokens.add(new Token.Text(text));
            }
            if (open >= 0) {
                at += trimEnd ? 1 : 0;
                trim = action();
            }
        }
    }

    /** Reads up to the right delimiter and tells whether it trims the text behind it. */
    private boolean action() {
        boolean comment = comment();
        if (!comment) {
            tokens.add(new Token.Open());
        }
        while (true) {
            boolean space = at < source.length() && space(source.charAt(at));
            skipSpace();
            boolean trim = space && source.startsWith("-}}", at);
            if (trim || source.startsWith("}}", at)) {
                at += trim ? 3 : 2;
                if (!comment) {
                    tokens.add(new Token.Close());
                }
                return trim;
            }
            if (at >= source.length()) {
                throw error("unclosed action");
            }
            if (comment) {
                throw error("comment ends before closing delimiter");
            }
            token(space);
        }
    }

    private boolean comment() {
        int start = at;
        skipSpace();
        if (!source.startsWith("/*", at)) {
            at = start;
            return false;
        }
        int end = source.indexOf("*/", at + 2);
        if (end < 0) {
            throw error("unclosed comment");
        }
        at = end + 2;
        return true;
    }

    private void token(boolean spaceBefore) {
        char c = source.charAt(at);
        if (c == '"' || c == '\'') {
            string(c);
        } else if (c == '`') {
            raw();
        } else if (c == '.' && !digit(at + 1)) {
            at++;
            tokens.add(new Token.Dot(name(), !spaceBefore));
        } else if (c == '$') {
            at++;
            tokens.add(new Token.Variable(name()));
        } else if (digit(at) || ((c == '-' || c == '+' || c == '.') && digit(at + 1))) {
            number();
        } else if (Character.isLetter(c) || c == '_') {
            tokens.add(word(name()));
        } else if (source.startsWith(":=", at)) {
            at += 2;
            tokens.add(new Token.Sign(":="));
        } else if ("()|,=".indexOf(c) >= 0) {
            at++;
            tokens.add(new Token.Sign(String.valueOf(c)));
        } else {
            throw error("unexpected '" + Visible.of(String.valueOf(c)) + "'");
        }
    }

    private static Token word(String name) {
        return switch (name) {
            case "true" -> new Token.Constant(true);
            case "false" -> new Token.Constant(false);
            case "nil" -> new Token.Constant(null);
            default -> new Token.Word(name);
        };
    }

    private String name() {
        int start = at;
        while (at < source.length()
                && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
        return source.substring(start, at);
    }

    private void number() {
        int start = at++;
        while (at < source.length()
                && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '.')) {
            at++;
        }
        String text = source.substring(start, at);
        try {
            if (text.contains(".")) {
                tokens.add(new Token.Constant(Double.valueOf(text)));
            } else {
                tokens.add(new Token.Constant(Long.decode(text)));
            }
        } catch (NumberFormatException e) {
            throw error("bad number syntax: \"" + text + "\"");
        }
    }

    private void raw() {
        int end = source.indexOf('`', at + 1);
        if (end < 0) {
            throw error("unterminated raw quoted string");
        }
        tokens.add(new Token.Constant(source.substring(at + 1, end)));
        at = end + 1;
    }

    private void string(char quote) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\n' || (c == '\\' && at >= source.length())) {
                break;
            }
            text.append(c == '\\' ? escape(source.charAt(at++)) : c);
        }
        if (at >= source.length() || source.charAt(at) != quote) {
            throw error("unterminated quoted string");
        }
        at++;
        if (quote == '"') {
            tokens.add(new Token.Constant(text.toString()));
        } else if (text.codePointCount(0, text.length()) == 1) {
            tokens.add(new Token.Constant((long) text.codePointAt(0)));
        } else {
            throw error("malformed character constant: '" + text + "'");
        }
    }

    private char escape(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\'', '\\' -> c;
            default -> throw error("unknown escape \\" + Visible.of(String.valueOf(c)));
        };
    }

    private void skipSpace() {
        while (at < source.length() && space(source.charAt(at))) {
            at++;
        }
    }

    private boolean digit(int index) {
        return index < source.length()
                && source.charAt(index) >= '0'
                && source.charAt(index) <= '9';
    }

    private static boolean space(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static InvalidSpec error(String why) {
        return new InvalidSpec("template parsing error: " + why);
    }
}
