// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the values of {@link Fields} as JSON, laid out as docker does. */
public final class Json {
    private static final String INDENT = "    ";
    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private Json(boolean indented) {
        this.indented = indented;
    }

    /**
     * @param value a value that {@link Fields} may hold
     * @return it on one line
     */
    public static String line(@Nullable Object value) {
        Json json = new Json(false);
        json.value(value, 0);
        return json.out.toString();
    }

    /**
     * @param value a value that {@link Fields} may hold
     * @return it on several lines, four spaces a level
     */
    public static String indented(@Nullable Object value) {
        Json json = new Json(true);
        json.value(value, 0);
        return json.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case String s -> string(s);
            case Boolean b -> out.append(b);
            case Double d when d.isNaN() || d.isInfinite() -> out.append("null");
            case Double d -> out.append(Printer.print(d));
            case Number n -> out.append(n);
            case Fields f -> object(f.inJson().values(), depth);
            case Map<?, ?> m -> object(new TreeMap<>(m), depth);
            case List<?> l -> array(l, depth);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private void object(Map<?, ? extends @Nullable Object> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<? extends Map.Entry<?, ? extends @Nullable Object>> entries =
                map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ? extends @Nullable Object> entry = entries.next();
            newLine(depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(indented ? ": " : ":");
            value(entry.getValue(), depth + 1);
            if (entries.hasNext()) {
                out.append(',');
            }
        }
        newLine(depth);
        out.append('}');
    }

    private void array(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            newLine(depth + 1);
            value(list.get(i), depth + 1);
        }
        newLine(depth);
        out.append(']');
    }

    private void newLine(int depth) {
        if (indented) {
            out.append('\n').repeat(INDENT, depth);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || unpaired(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean unpaired(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c)
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
