// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code -l NAME[=value]} and {@code --label-file}; without a value it is empty. */
public final class LabelOption {
    private LabelOption() {}

    /**
     * @param session gives the files
     * @param files values of {@code --label-file}
     * @param labels values of {@code -l}, which win
     * @return the labels
     * @throws InvalidSpec if one is malformed or a file cannot be read
     */
    public static Map<String, String> parse(
            Session session, List<String> files, List<String> labels) {
        Map<String, String> result = new LinkedHashMap<>();
        for (String file : files) {
            KeyValueFile.lines(session, file).forEach(line -> add(result, line));
        }
        labels.forEach(label -> add(result, label));
        return result;
    }

    private static void add(Map<String, String> result, String label) {
        int equals = label.indexOf('=');
        String name = equals < 0 ? label : label.substring(0, equals);
        if (name.isBlank()) {
            throw new InvalidSpec("invalid label '" + label + "': give NAME or NAME=value");
        }
        result.put(name, equals < 0 ? "" : label.substring(equals + 1));
    }
}
