// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of Go's {@code Printf} that templates use: {@code %s %v %q %d %x %t %f %%}. */
final class Printf {
    private static final Pattern VERB =
            Pattern.compile("%([-+0 ]{0,4})(\\d{1,4})?(?:\\.(\\d{1,2}))?(.)", Pattern.DOTALL);

    private Printf() {}

    static String format(String format, List<@Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        Matcher verb = VERB.matcher(format);
        int from = 0;
        int next = 0;
        while (verb.find(from)) {
            out.append(format, from, verb.start());
            from = verb.end();
            Functions.bounded(out);
            if (verb.group(4).equals("%")) {
                out.append('%');
            } else if (next == values.size()) {
                out.append("%!").append(verb.group(4)).append("(MISSING)");
            } else {
                out.append(value(verb, values.get(next++)));
            }
        }
        out.append(format, from, format.length());
        if (next < values.size()) {
            throw new InvalidSpec(
                    "template parsing error: printf has "
                            + values.size()
                            + " values but its format takes "
                            + next);
        }
        return out.toString();
    }

    private static String value(Matcher verb, @Nullable Object value) {
        String flags = verb.group(1);
        int precision = verb.group(3) == null ? -1 : Integer.parseInt(verb.group(3));
        String text = text(verb.group(4), precision, value);
        if (flags.contains("+") && value instanceof Number n && n.doubleValue() >= 0) {
            text = "+" + text;
        }
        int width = verb.group(2) == null ? 0 : Integer.parseInt(verb.group(2));
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        if (flags.contains("0") && value instanceof Number) {
            boolean signed = text.startsWith("-") || text.startsWith("+");
            String sign = signed ? text.substring(0, 1) : "";
            return sign + "0".repeat(missing) + text.substring(sign.length());
        }
        return " ".repeat(missing) + text;
    }

    private static String text(String verb, int precision, @Nullable Object value) {
        return switch (value) {
            case Object o when verb.equals("v") -> Printer.print(o);
            case String s when verb.equals("s") -> cut(s, precision);
            case String s when verb.equals("q") -> Visible.quoted(cut(s, precision));
            case Double d when verb.equals("f") ->
                    String.format(Locale.ROOT, "%." + (precision < 0 ? 6 : precision) + "f", d);
            case Boolean b when verb.equals("t") -> b.toString();
            case Long n when verb.equals("d") -> n.toString();
            case Integer n when verb.equals("d") -> n.toString();
            case Long n when verb.equals("x") -> Long.toHexString(n);
            case List<?> l when verb.equals("s") -> Printer.print(l);
            case null, default -> "%!" + verb + "(" + Printer.print(value) + ")";
        };
    }

    private static String cut(String text, int precision) {
        return precision < 0 || text.codePointCount(0, text.length()) <= precision
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }
}
