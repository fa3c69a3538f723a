// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options of the form {@code NAME=VALUE}, the last one of a name wins. */
public final class PairsOption {
    private PairsOption() {}

    /**
     * @param option the option's name, for the message
     * @param texts what was written
     * @return values by their names
     * @throws InvalidSpec if one has no name or no value
     */
    public static Map<String, String> parse(String option, List<String> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidSpec(
                        "invalid value '" + text + "' for " + option + ": give NAME=VALUE");
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }
}
