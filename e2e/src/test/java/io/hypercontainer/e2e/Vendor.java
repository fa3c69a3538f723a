// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The bundles below {@code examples/}, as their own builds have made them. */
final class Vendor {
    private static final Path EXAMPLES = Path.of(System.getProperty("hyper.examples")).normalize();

    private Vendor() {}

    /** The jar that an example is built to. */
    static Path jar(String example) throws IOException {
        try (var files = Files.list(EXAMPLES.resolve(example).resolve("target"))) {
            return files.filter(f -> f.getFileName().toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Drops a bundle into the deploy folder, and waits until its command is there. */
    static void drop(Daemon daemon, Path jar, String command) throws Exception {
        var deploy = daemon.root.resolve("deploy");
        // Whole when it gets its name.
        var part = Files.copy(jar, deploy.resolve("vendor.part"));
        Files.move(part, deploy.resolve("vendor.jar"), StandardCopyOption.ATOMIC_MOVE);
        Await.text(() -> daemon.ctl("--help").ok(), "  " + command + " ");
    }
}
