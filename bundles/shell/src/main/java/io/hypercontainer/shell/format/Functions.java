// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Functions of templates: Go's own and those that docker adds. */
final class Functions {
    private static final int MAX_STRING = 1024 * 1024;

    private static final Map<String, Function<Arguments, @Nullable Object>> TABLE =
            Map.ofEntries(
                    Map.entry("and", a -> a.firstWhere(false)),
                    Map.entry("or", a -> a.firstWhere(true)),
                    Map.entry("not", a -> !truth(a.only())),
                    Map.entry("eq", Functions::equal),
                    Map.entry("ne", a -> !same(a.two(0), a.two(1))),
                    Map.entry("lt", a -> a.compare() < 0),
                    Map.entry("le", a -> a.compare() <= 0),
                    Map.entry("gt", a -> a.compare() > 0),
                    Map.entry("ge", a -> a.compare() >= 0),
                    Map.entry("len", Functions::length),
                    Map.entry("index", Functions::index),
                    Map.entry("print", a -> spaced(a.values())),
                    Map.entry("println", a -> joined(a.values()) + "\n"),
                    Map.entry("printf", a -> Printf.format(a.text(0), a.from(1))),
                    Map.entry("json", a -> Json.line(a.only())),
                    Map.entry("join", a -> String.join(a.text(1), a.strings(0))),
                    Map.entry("split", a -> List.of(split(a.text(0), a.text(1)))),
                    Map.entry("lower", a -> a.onlyText().toLowerCase(Locale.ROOT)),
                    Map.entry("upper", a -> a.onlyText().toUpperCase(Locale.ROOT)),
                    Map.entry("title", a -> title(a.onlyText())),
                    Map.entry("truncate", a -> truncate(a.text(0), a.number(1))),
                    Map.entry("pad", a -> pad(a.text(0), a.number(1), a.number(2))));

    private Functions() {}

    static void check(String name) {
        if (!TABLE.containsKey(name)) {
            throw new InvalidSpec("template parsing error: function \"" + name + "\" not defined");
        }
    }

    static @Nullable Object call(String name, List<@Nullable Object> values) {
        return Objects.requireNonNull(TABLE.get(name)).apply(new Arguments(name, values));
    }

    /** Go's truth: what is not zero, empty or nil. */
    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean b -> b;
            case Number n -> n.doubleValue() != 0;
            case String s -> !s.isEmpty();
            case List<?> l -> !l.isEmpty();
            case Map<?, ?> m -> !m.isEmpty();
            default -> true;
        };
    }

    private static Object equal(Arguments a) {
        Object first = a.two(0);
        return a.from(1).stream().anyMatch(v -> same(first, v));
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        }
        if (a != null && b != null && !a.getClass().equals(b.getClass())) {
            throw new InvalidSpec(
                    "template parsing error: incompatible types for comparison: "
                            + Printer.print(a)
                            + ", "
                            + Printer.print(b));
        }
        return Objects.equals(a, b);
    }

    private static Object length(Arguments a) {
        return switch (a.only()) {
            case String s -> (long) s.getBytes(UTF_8).length;
            case List<?> l -> (long) l.size();
            case Map<?, ?> m -> (long) m.size();
            case null -> throw a.error("len of nil pointer");
            case Object o -> throw a.error("len of " + Printer.print(o));
        };
    }

    private static @Nullable Object index(Arguments a) {
        Object value = a.two(0);
        for (Object key : a.from(1)) {
            value =
                    switch (value) {
                        case List<?> list when key instanceof Number n -> {
                            if (n.longValue() < 0 || n.longValue() >= list.size()) {
                                throw a.error("index out of range: " + n);
                            }
                            yield list.get(n.intValue());
                        }
                        // Go gives the zero value, which for a map of strings is the empty string.
                        case Map<?, ?> map when key instanceof String ->
                                map.containsKey(key) ? map.get(key) : "";
                        case null -> throw a.error("index of untyped nil");
                        default ->
                                throw a.error("can't index item of type " + Printer.print(value));
                    };
        }
        return value;
    }

    private static String[] split(String text, String separator) {
        return separator.isEmpty()
                ? text.codePoints().mapToObj(Character::toString).toArray(String[]::new)
                : text.split(Pattern.quote(separator), -1);
    }

    /** As Go's {@code Sprint}: spaces only between operands of which neither is a string. */
    private static String spaced(List<@Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            if (i > 0
                    && !(values.get(i) instanceof String)
                    && !(values.get(i - 1) instanceof String)) {
                out.append(' ');
            }
            out.append(Printer.print(values.get(i)));
            bounded(out);
        }
        return out.toString();
    }

    private static String joined(List<@Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        for (Object value : values) {
            out.append(out.isEmpty() ? "" : " ").append(Printer.print(value));
            bounded(out);
        }
        return out.toString();
    }

    /** A template can double a variable in each round of a loop. */
    static void bounded(StringBuilder text) {
        if (text.length() > MAX_STRING) {
            throw new InvalidSpec(
                    "template parsing error: a string is longer than "
                            + MAX_STRING
                            + " characters");
        }
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean start = true;
        for (int c : text.codePoints().toArray()) {
            out.appendCodePoint(start ? Character.toTitleCase(c) : c);
            start = Character.isWhitespace(c);
        }
        return out.toString();
    }

    private static String truncate(String text, int length) {
        int end = Math.clamp(length, 0, text.codePointCount(0, text.length()));
        return text.substring(0, text.offsetByCodePoints(0, end));
    }

    private static String pad(String text, int before, int after) {
        if (text.isEmpty()) {
            return text;
        }
        if (before < 0 || after < 0 || before > MAX_STRING || after > MAX_STRING) {
            throw new InvalidSpec(
                    "template parsing error: pad takes numbers between 0 and " + MAX_STRING);
        }
        return " ".repeat(before) + text + " ".repeat(after);
    }
}
