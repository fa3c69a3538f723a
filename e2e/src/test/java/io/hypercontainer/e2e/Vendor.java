// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** The bundles below {@code examples/}, as their own builds have made them. */
final class Vendor {
    private static final Path EXAMPLES = Path.of(System.getProperty("hyper.examples")).normalize();
    private static final String VERSION = "1.0.0";

    private Vendor() {}

    /** Puts a vendor's bundle into a running daemon, or the same bundle over it. */
    static void install(Daemon daemon, String example, String bundle)
            throws IOException, InterruptedException {
        var jar = EXAMPLES.resolve(example).resolve("target/" + bundle + "-" + VERSION + ".jar");
        var deploy = daemon.root.resolve("deploy");
        // Whole when it gets its name, and newer than one that is there.
        var part = Files.copy(jar, deploy.resolve(bundle + ".part"));
        Files.move(
                part,
                deploy.resolve(bundle + ".jar"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isActive(daemon, bundle)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        bundle + " does not start:\n" + Files.readString(daemon.log()));
            }
            Thread.sleep(50);
        }
    }

    private static boolean isActive(Daemon daemon, String bundle) throws InterruptedException {
        return daemon.ctl("shell", "-c", "lb -s")
                .ok()
                .lines()
                .anyMatch(l -> l.contains("Active") && l.contains(bundle));
    }
}
