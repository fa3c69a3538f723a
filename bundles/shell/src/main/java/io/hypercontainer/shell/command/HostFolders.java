// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.MountSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the folders of {@code -v /host:/path} that do not exist yet, as docker does. */
final class HostFolders {
    private HostFolders() {}

    static void make(List<MountSpec> mounts) {
        for (MountSpec mount : mounts) {
            if (mount instanceof MountSpec.Bind bind) {
                make(Path.of(bind.source()));
            }
        }
    }

    private static void make(Path folder) {
        if (Files.exists(folder)) {
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidSpec(
                    "cannot create the host folder '" + folder + "' to mount: " + e, e);
        }
    }
}
