// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs a template once. */
final class Evaluator {
    private static final int MAX_OUTPUT = 8 * 1024 * 1024;
    private static final int MAX_STEPS = 1_000_000;

    private final StringBuilder out = new StringBuilder();
    private final Deque<Map<String, @Nullable Object>> scopes = new ArrayDeque<>();
    private int steps;

    Evaluator(@Nullable Object data) {
        scopes.push(new HashMap<>());
        scope().put("", data);
    }

    String run(List<Node> nodes) {
        block(nodes, scope().get(""));
        return out.toString();
    }

    private void block(List<Node> nodes, @Nullable Object dot) {
        for (Node node : nodes) {
            step();
            switch (node) {
                case Node.Text text -> print(text.text());
                case Node.Print print -> {
                    Object value = value(print.value(), dot);
                    print(value == null ? "<no value>" : Printer.print(value));
                }
                case Node.Assign assign -> assign(assign, dot);
                case Node.If choice -> choose(choice, dot);
                case Node.Range range -> range(range, dot);
            }
        }
    }

    private void assign(Node.Assign assign, @Nullable Object dot) {
        Object value = value(assign.value(), dot);
        Map<String, @Nullable Object> target = scope();
        if (!assign.isNew()) {
            for (Map<String, @Nullable Object> scope : scopes) {
                if (scope.containsKey(assign.variable())) {
                    target = scope;
                    break;
                }
            }
        }
        target.put(assign.variable(), value);
    }

    private void choose(Node.If choice, @Nullable Object dot) {
        Object value = value(choice.condition(), dot);
        scopes.push(new HashMap<>());
        if (choice.variable() != null) {
            scope().put(choice.variable(), value);
        }
        if (Functions.truth(value)) {
            block(choice.then(), choice.with() ? value : dot);
        } else {
            block(choice.otherwise(), dot);
        }
        scopes.pop();
    }

    private void range(Node.Range range, @Nullable Object dot) {
        Object values = value(range.values(), dot);
        int count = 0;
        switch (values) {
            case null -> {}
            case List<?> list -> {
                for (Object element : list) {
                    each(range, (long) count++, element);
                }
            }
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                    each(range, entry.getKey(), entry.getValue());
                    count++;
                }
            }
            default ->
                    throw new InvalidSpec(
                            "template parsing error: range can't iterate over "
                                    + Printer.print(values));
        }
        if (count == 0) {
            block(range.otherwise(), dot);
        }
    }

    private void each(Node.Range range, Object key, @Nullable Object element) {
        step();
        scopes.push(new HashMap<>());
        if (range.key() != null) {
            scope().put(range.key(), key);
        }
        if (range.element() != null) {
            scope().put(range.element(), element);
        }
        block(range.body(), element);
        scopes.pop();
    }

    private @Nullable Object value(Expression expression, @Nullable Object dot) {
        step();
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Dot d -> dot;
            case Expression.Variable variable -> variable(variable.name());
            case Expression.Field field ->
                    field(value(field.base(), dot), field.name(), values(field.arguments(), dot));
            case Expression.Call call ->
                    Functions.call(call.function(), values(call.arguments(), dot));
        };
    }

    private List<@Nullable Object> values(List<Expression> expressions, @Nullable Object dot) {
        return expressions.stream().<@Nullable Object>map(e -> value(e, dot)).toList();
    }

    private @Nullable Object variable(String name) {
        for (Map<String, @Nullable Object> scope : scopes) {
            if (scope.containsKey(name)) {
                return scope.get(name);
            }
        }
        throw new InvalidSpec("template parsing error: undefined variable \"$" + name + "\"");
    }

    private static @Nullable Object field(
            @Nullable Object base, String name, List<@Nullable Object> arguments) {
        return switch (base) {
            case Fields fields -> fields.get(name, arguments);
            case Map<?, ?> map when arguments.isEmpty() -> map.get(name);
            case null ->
                    throw new InvalidSpec(
                            "template parsing error: nil pointer evaluating ." + name);
            default ->
                    throw new InvalidSpec(
                            "template parsing error: can't evaluate field "
                                    + name
                                    + " in "
                                    + Printer.print(base));
        };
    }

    private void print(String text) {
        if (out.length() + text.length() > MAX_OUTPUT) {
            throw new InvalidSpec(
                    "template parsing error: output is longer than " + MAX_OUTPUT + " characters");
        }
        out.append(text);
    }

    private void step() {
        if (++steps > MAX_STEPS) {
            throw new InvalidSpec("template parsing error: takes too many steps");
        }
    }

    private Map<String, @Nullable Object> scope() {
        return scopes.getFirst();
    }
}
