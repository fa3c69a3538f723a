// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints values as Go's {@code %v} does (pkg.go.dev/fmt). */
final class Printer {
    private Printer() {}

    static String print(@Nullable Object value) {
        return switch (value) {
            case null -> "<nil>";
            case Double d -> number(d);
            case List<?> l ->
                    l.stream().map(Printer::print).collect(Collectors.joining(" ", "[", "]"));
            case Map<?, ?> m ->
                    new TreeMap<>(m)
                            .entrySet().stream()
                                    .map(e -> e.getKey() + ":" + print(e.getValue()))
                                    .collect(Collectors.joining(" ", "map[", "]"));
            case Fields f -> struct(f.values().values());
            default -> value.toString();
        };
    }

    private static String struct(Collection<@Nullable Object> values) {
        return values.stream().map(Printer::print).collect(Collectors.joining(" ", "{", "}"));
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }
}
