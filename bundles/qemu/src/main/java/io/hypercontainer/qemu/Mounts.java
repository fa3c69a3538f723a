// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is mounted, as a process sees it (proc(5), {@code mountinfo}). */
final class Mounts {
    private static final int MOUNT_POINT = 4;

    private Mounts() {}

    /** {@return where something is mounted on the host below a folder, the latest mount first} */
    static List<Path> below(Path folder) {
        return at(folder, ProcessHandle.current().pid()).stream()
                .filter(point -> !point.equals(folder))
                .toList();
    }

    /**
     * @return where something is mounted on a path and below it, as a process sees it, the latest
     *     mount first
     */
    static List<Path> at(Path path, long process) {
        var table = ProcessIdentity.proc(process, "mountinfo");
        try {
            // Byte by byte: a mount of somebody else's may have a name that is no UTF-8.
            return Files.readAllLines(table, ISO_8859_1).stream()
                    .map(line -> plain(line.split(" ")[MOUNT_POINT]))
                    .filter(point -> point.startsWith(path.toString()))
                    .map(Path::of)
                    .filter(point -> point.startsWith(path))
                    .toList()
                    .reversed();
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + table + ": " + e.getMessage(), e);
        }
    }

    /** The table has white space and backslashes as octal numbers. */
    private static String plain(String escaped) {
        var bytes =
                escaped.replace("\\040", " ")
                        .replace("\\011", "\t")
                        .replace("\\012", "\n")
                        .replace("\\134", "\\");
        return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }
}
