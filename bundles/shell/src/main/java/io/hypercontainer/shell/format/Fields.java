// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import io.hypercontainer.api.InvalidSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object for templates and JSON: named values in a fixed order. Unlike in a map, a name that it
 * does not have is a mistake of whoever wrote the template.
 *
 * <p>Values are {@code null}, {@link Boolean}, {@link Number}, {@link String}, {@link List}, {@link
 * Map} with string keys, or {@code Fields}.
 */
public final class Fields {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
    private final Map<String, Method> methods = new LinkedHashMap<>();
    private @Nullable Fields inJson;

    /** Something that a template can call on an object: {@code {{.Label "name"}}}. */
    @FunctionalInterface
    public interface Method {
        /**
         * @param argument the only argument
         * @return the result
         */
        Object call(String argument);
    }

    /**
     * Adds a value behind those that are there.
     *
     * @param name its name
     * @param value its value; an {@link Optional} stands for what is in it or {@code null}
     * @return this
     */
    public Fields put(String name, @Nullable Object value) {
        values.put(name, value instanceof Optional<?> o ? o.orElse(null) : value);
        return this;
    }

    /**
     * Adds a method, which JSON does not show.
     *
     * @param name its name
     * @param method what it does
     * @return this
     */
    public Fields method(String name, Method method) {
        methods.put(name, method);
        return this;
    }

    /**
     * Decides what JSON shows instead of this object.
     *
     * @param other an object with other names
     * @return this
     */
    public Fields json(Fields other) {
        inJson = other;
        return this;
    }

    /** {@return what JSON shows} */
    Fields inJson() {
        return inJson == null ? this : inJson;
    }

    /** {@return the values in their order} */
    public Map<String, @Nullable Object> values() {
        return Collections.unmodifiableMap(values);
    }

    @Nullable Object get(String name, List<@Nullable Object> arguments) {
        Method method = methods.get(name);
        if (method != null) {
            if (arguments.size() != 1 || !(arguments.getFirst() instanceof String argument)) {
                throw new InvalidSpec(
                        "template parsing error: ."
                                + name
                                + " takes one string, as in {{."
                                + name
                                + " \"x\"}}");
            }
            return method.call(argument);
        }
        if (!values.containsKey(name)) {
            throw new InvalidSpec(
                    "template parsing error: can't evaluate field "
                            + name
                            + "; fields here are "
                            + String.join(", ", values.keySet()));
        }
        if (!arguments.isEmpty()) {
            throw new InvalidSpec(
                    "template parsing error: ." + name + " is a value and takes no arguments");
        }
        return values.get(name);
    }
}
