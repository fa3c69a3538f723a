// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.storage.StorageUsage;
import io.hypercontainer.storage.host.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What files really take. Disks are sparse, and Java can't ask for a file's allocated blocks, so
 * the host's {@code du} is asked.
 */
final class DiskUsage {
    private DiskUsage() {}

    static StorageUsage of(Workspace workspace) throws IOException {
        List<Path> folders = List.of(workspace.layers(), workspace.roots(), workspace.volumes());
        String output =
                Tool.require("du", "coreutils")
                        .run(
                                List.of(
                                        "--summarize",
                                        "--block-size=1",
                                        "--",
                                        folders.get(0).toString(),
                                        folders.get(1).toString(),
                                        folders.get(2).toString()))
                        .output();
        // Its exit code tells nothing: it fails when a file goes while it looks.
        var bytes = new HashMap<String, Long>();
        for (String line : output.lines().toList()) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                bytes.put(line.substring(tab + 1), Long.parseLong(line.substring(0, tab)));
            }
        }
        return new StorageUsage(
                get(bytes, folders.get(0)), get(bytes, folders.get(1)), get(bytes, folders.get(2)));
    }

    private static long get(Map<String, Long> bytes, Path folder) {
        Long value = bytes.get(folder.toString());
        if (value == null) {
            throw new DriverFailure("du does not say what " + folder + " takes");
        }
        return value;
    }
}
