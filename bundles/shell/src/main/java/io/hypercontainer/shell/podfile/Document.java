// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.util.Locale;

/** A file's text taken apart. What it costs is bounded, whoever wrote it. */
final class Document {
    /** The most bytes of a file. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    /** The most objects and lists inside one another. */
    static final int MAX_DEPTH = 32;

    /** The most values, those behind aliases counted each time. */
    static final int MAX_VALUES = 50_000;

    private Document() {}

    /**
     * Takes a file apart.
     *
     * @param name its name, which may tell its syntax
     * @param bytes its content
     * @param yaml whether its syntax is YAML for sure
     */
    static Value parse(String name, byte[] bytes, boolean yaml) throws InvalidPodFile {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidPodFile("it is larger than " + MAX_BYTES + " bytes");
        }
        return yaml || isYaml(name, bytes) ? YamlDocument.parse(bytes) : JsonDocument.parse(bytes);
    }

    private static boolean isYaml(String name, byte[] bytes) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".yaml") || lower.endsWith(".yml")) {
            return true;
        }
        return !lower.endsWith(".json") && first(bytes) != '{';
    }

    private static int first(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b;
            }
        }
        return '{';
    }
}
