// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * An absolute path without detours, and how it was written: {@code /etc/} says that it is a folder,
 * {@code /etc/.} means what is in the folder.
 *
 * @param path the path, {@code /} for the root
 * @param content whether it was written with {@code .} as its last part, or is the root
 * @param slash whether it was written with a slash at its end
 */
public record CopyPath(String path, boolean content, boolean slash) {
    /**
     * @param written a path in a container; relative ones start at its root
     * @return the path
     */
    public static CopyPath inContainer(String written) {
        return of("/" + written, written);
    }

    /**
     * @param written a path of a client
     * @param workingDirectory where relative ones start
     * @return the path
     */
    public static CopyPath local(String written, String workingDirectory) {
        return of(written.startsWith("/") ? written : workingDirectory + "/" + written, written);
    }

    private static CopyPath of(String whole, String written) {
        String path = clean(whole);
        boolean dot = written.matches("(.*/)?\\.(/+)?");
        return new CopyPath(path, dot || path.equals("/"), written.endsWith("/"));
    }

    private static String clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /** {@return whether it can be nothing but a folder} */
    public boolean assertsFolder() {
        return content || slash;
    }

    /** {@return the path; with what makes a link at its end be followed if it must be a folder} */
    public String followed() {
        return assertsFolder() ? (path.equals("/") ? "/." : path + "/.") : path;
    }

    /**
     * @param name what the folder is called where it goes, if it goes there under a name
     * @return how the folder is asked for: itself, or what is in it
     */
    String content(Optional<String> name) {
        return name.isPresent() ? path + "/" : followed();
    }

    /** {@return its last part; empty for the root} */
    public String name() {
        return name(path);
    }

    /**
     * @param path a path
     * @return its last part
     */
    static String name(String path) {
        String trimmed = trim(path);
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    /**
     * @param path an absolute path
     * @return the folder that it is in
     */
    static String parent(String path) {
        String trimmed = trim(path);
        int slash = trimmed.lastIndexOf('/');
        return slash <= 0 ? "/" : trimmed.substring(0, slash);
    }

    /**
     * @param path an absolute path
     * @param name a path from the folder that it is in
     * @return that path, absolute
     */
    static String beside(String path, String name) {
        return parent(path).equals("/") ? "/" + name : parent(path) + "/" + name;
    }

    private static String trim(String path) {
        return path.replaceFirst("/+$", "");
    }
}
