// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is mounted on the host (proc(5), {@code mountinfo}). */
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private Mounts() {}

    /** {@return where something is mounted below a folder, the latest mount first} */
    static List<Path> below(Path folder) {
        try {
            return Files.readAllLines(TABLE).stream()
                    .map(line -> Path.of(plain(line.split(" ")[MOUNT_POINT])))
                    .filter(point -> point.startsWith(folder) && !point.equals(folder))
                    .toList()
                    .reversed();
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + TABLE + ": " + e.getMessage(), e);
        }
    }

    /** The table has white space and backslashes as octal numbers. */
    private static String plain(String escaped) {
        return escaped.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
