// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * hyperd's configuration file: lines {@code Key=value}, sections in brackets, comments behind
 * {@code #} or {@code ;}. {@code Root} is for the start script, which has read it before.
 *
 * @param values the keys that mean something here
 * @param warnings one line for each that does not
 */
public record HyperdFile(Map<String, String> values, List<String> warnings) {
    /** No file. */
    public static final HyperdFile NONE = new HyperdFile(Map.of(), List.of());

    private static final Set<String> KEYS =
            Set.of("Root", "Kernel", "Initrd", "Hypervisor", "StorageDriver", "TrustedDrivers");

    private static final Map<String, String> ELSEWHERE = Map.of("Host", "give hyperd --socket");

    private static final long LARGEST = 1 << 20;

    /** Keeps unmodifiable copies. */
    public HyperdFile {
        values = Map.copyOf(values);
        warnings = List.copyOf(warnings);
    }

    /**
     * @param path the file
     * @return what it says; a warning if it cannot be read
     */
    public static HyperdFile read(Path path) {
        try {
            if (Files.size(path) > LARGEST) {
                throw new IOException("it is larger than 1 MiB");
            }
            String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
            return parse(path.toString(), text);
        } catch (IOException e) {
            return new HyperdFile(
                    Map.of(), List.of("cannot read the configuration " + path + ": " + e));
        }
    }

    static HyperdFile parse(String name, String text) {
        Map<String, String> values = new HashMap<>();
        List<String> warnings = new ArrayList<>();
        String section = "";
        int number = 0;
        for (String raw : text.lines().toList()) {
            number++;
            String line = raw.strip();
            String where = name + ":" + number + ": ";
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1).strip();
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                warnings.add(where + "not understood, expected Key=value");
                continue;
            }
            String key = line.substring(0, equals).strip();
            String value = unquoted(line.substring(equals + 1).strip());
            // Keys before the first section belong to the section that ini readers call DEFAULT.
            if ((section.isEmpty() || section.equalsIgnoreCase("default")) && KEYS.contains(key)) {
                values.put(key, value);
            } else {
                warnings.add(
                        where
                                + (section.isEmpty() ? "" : "[" + section + "] ")
                                + key
                                + " has no effect: "
                                + ELSEWHERE.getOrDefault(key, "there is no such setting"));
            }
        }
        return new HyperdFile(values, warnings);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /**
     * @param key one of the keys
     * @return its value, if it is set to something
     */
    public Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).filter(v -> !v.isEmpty());
    }
}
