// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Owners, modes and small programs of the host. */
final class Host {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_OUTPUT = 8192;

    private Host() {}

    static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives a file to a user; a symbolic link is not followed. */
    static void setOwner(Path file, int uid) throws IOException {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    static void setGroup(Path file, int gid) throws IOException {
        Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }

    static void setMode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /** Runs a program to its end and returns what it printed; a failure is an error. */
    static String run(String... command) {
        try {
            var process =
                    new ProcessBuilder(List.of(command))
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .start();
            try (var out = process.getInputStream()) {
                var text = new String(out.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8).strip();
                if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new DriverFailure(command[0] + " did not end");
                }
                if (process.exitValue() != 0) {
                    throw new DriverFailure(
                            String.join(" ", command) + " failed: " + text.replace('\n', ' '));
                }
                return text;
            } finally {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new Interrupted("run " + command[0], e);
        } catch (IOException e) {
            throw new DriverFailure("cannot run " + command[0] + ": " + e.getMessage(), e);
        }
    }
}
