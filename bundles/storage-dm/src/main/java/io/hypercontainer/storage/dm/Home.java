// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The driver's folders. */
record Home(Path base) {
    Path pool() {
        return base.resolve("pool.json");
    }

    Path dataFile() {
        return base.resolve("data");
    }

    Path metadataFile() {
        return base.resolve("metadata");
    }

    /** File systems of images, one for each chain of layers and size. */
    Path images() {
        return base.resolve("images");
    }

    Path roots() {
        return base.resolve("roots");
    }

    Path volumes() {
        return base.resolve("volumes");
    }

    /**
     * Thin devices that are being made or deleted: they have no other record, or none that holds.
     */
    Path loose() {
        return base.resolve("loose");
    }

    /** Names of block devices. */
    Path devices() {
        return base.resolve("devices");
    }

    Path damaged() {
        return base.resolve("damaged");
    }

    void make() throws IOException {
        Files.createDirectories(base);
        // Unprivileged hypervisors open devices by their paths, so folders can be passed through.
        permit(base, "rwx--x--x");
        for (Path folder :
                new Path[] {images(), roots(), volumes(), loose(), devices(), damaged()}) {
            Files.createDirectories(folder);
            permit(folder, folder.equals(devices()) ? "rwx--x--x" : "rwx------");
        }
    }

    private static void permit(Path folder, String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }
}
