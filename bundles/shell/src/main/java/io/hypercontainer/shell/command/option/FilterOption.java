// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** {@code --filter KEY=VALUE}, repeated. */
public final class FilterOption {
    private final Map<String, List<String>> values;

    private FilterOption(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * @param filters all values of the option
     * @param known the keys that there are
     * @return the filters
     * @throws InvalidSpec if one is malformed or unknown
     */
    public static FilterOption parse(List<String> filters, Set<String> known) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            if (equals < 1) {
                throw new InvalidSpec(
                        "invalid filter '" + filter + "': give KEY=VALUE, as in name=web");
            }
            String key = filter.substring(0, equals);
            if (!known.contains(key)) {
                throw new InvalidSpec(
                        "invalid filter '"
                                + key
                                + "': there are "
                                + String.join(", ", new TreeSet<>(known)));
            }
            values.computeIfAbsent(key, k -> new ArrayList<>()).add(filter.substring(equals + 1));
        }
        return new FilterOption(values);
    }

    /**
     * @param key a key
     * @return whether there is a filter with it
     */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /**
     * @param key a key
     * @return the values given for it
     */
    public List<String> values(String key) {
        return values.getOrDefault(key, List.of());
    }

    /**
     * @param key a key
     * @param test whether a thing is as the value says
     * @return whether it fits one of the values, or none was given
     */
    public boolean any(String key, Predicate<String> test) {
        return !has(key) || values(key).stream().anyMatch(test);
    }

    /**
     * Labels are the exception among filters: all of them must fit.
     *
     * @param labels labels of a thing
     * @return whether they fit {@code label=NAME} and {@code label=NAME=value}, and none fits
     *     {@code label!=NAME}
     */
    public boolean labels(Map<String, String> labels) {
        return values("label").stream().allMatch(label -> has(labels, label))
                && values("label!").stream().noneMatch(label -> has(labels, label));
    }

    private static boolean has(Map<String, String> labels, String label) {
        int equals = label.indexOf('=');
        return equals < 0
                ? labels.containsKey(label)
                : label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
    }
}
