// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An environment that is put together from several sources; later ones win. */
public final class Environment {
    private final Map<String, String> variables = new LinkedHashMap<>();

    /**
     * Adds variables, or replaces those of the same names in their place.
     *
     * @param env {@code NAME=value} each
     * @return this
     * @throws InvalidSpec if one has no name or no equals sign
     */
    public Environment with(List<String> env) {
        for (String variable : env) {
            int equals = variable.indexOf('=');
            if (equals < 1 || variable.indexOf('\0') >= 0) {
                throw new InvalidSpec(
                        "environment variable '"
                                + variable
                                + "' does not have the form NAME=value");
            }
            variables.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return this;
    }

    /** {@return values by name} */
    public Map<String, String> asMap() {
        return Map.copyOf(variables);
    }

    /** {@return {@code NAME=value} each} */
    public List<String> list() {
        List<String> env = new ArrayList<>();
        variables.forEach((name, value) -> env.add(name + "=" + value));
        return env;
    }
}
