// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What names, paths and sizes in a specification may look like. */
public final class Grammar {
    private static final Pattern CONTAINER = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}");
    private static final Pattern VOLUME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern HOSTNAME =
            Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?");
    private static final int PATH_MAX = 4096;

    /** Far below what execve(2) takes, so that the guest's message always fits. */
    private static final int WORDS_MAX = 512 * 1024;

    private Grammar() {}

    /**
     * @param name of a container
     * @return the name
     */
    public static String containerName(String name) {
        return match(CONTAINER, name, "container name", "2 to 128 letters, digits, '_', '.', '-'");
    }

    /**
     * @param name of a pod
     * @return the name
     */
    public static String podName(String name) {
        return match(CONTAINER, name, "pod name", "2 to 128 letters, digits, '_', '.', '-'");
    }

    /**
     * @param name of a volume
     * @return the name
     */
    public static String volumeName(String name) {
        return match(VOLUME, name, "volume name", "1 to 128 letters, digits, '_', '.', '-'");
    }

    /**
     * @param name host name of a container
     * @return the name
     */
    public static String hostname(String name) {
        return match(HOSTNAME, name, "host name", "1 to 63 letters, digits, '.', '-'");
    }

    private static String match(Pattern grammar, String value, String what, String allowed) {
        if (!grammar.matcher(value).matches()) {
            throw new InvalidSpec(
                    what
                            + " '"
                            + value
                            + "' is not valid: it takes "
                            + allowed
                            + " and starts with a letter or digit");
        }
        return value;
    }

    /**
     * @param path a path in a container
     * @param what it is for
     * @return the path without detours
     * @throws InvalidSpec if it is not absolute
     */
    public static String guestPath(String path, String what) {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.length() > PATH_MAX) {
            throw new InvalidSpec(what + " '" + path + "' is not an absolute path");
        }
        return Path.of(path).normalize().toString();
    }

    /**
     * @param words arguments or environment of a process
     * @param what they are
     * @throws InvalidSpec if a word holds a zero byte, or all together are too long
     */
    public static void words(List<String> words, String what) {
        long bytes = 0;
        for (String word : words) {
            if (word.indexOf('\0') >= 0) {
                throw new InvalidSpec("the " + what + " has a word with a zero byte");
            }
            bytes += word.getBytes(StandardCharsets.UTF_8).length + 1L;
        }
        if (bytes > WORDS_MAX) {
            throw new InvalidSpec(
                    "the " + what + " has " + bytes + " bytes, more than " + WORDS_MAX);
        }
    }
}
