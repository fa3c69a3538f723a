// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.PathStat;
import java.util.Optional;

/**
 * Where a copy goes.
 *
 * @param folder the folder that it is unpacked in
 * @param name what it is called there; empty if a folder's content goes right into it
 */
record Plan(String folder, Optional<String> name) {
    private static final int TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;

    /**
     * @param source what is copied
     * @param isFolder whether that is a folder
     * @param destination where to, as it was written
     * @param found what is there
     * @param written the destination, for messages
     */
    static Plan of(
            CopyPath source,
            boolean isFolder,
            CopyPath destination,
            Looking.Found found,
            String written) {
        if (found.isFolder()) {
            return new Plan(
                    found.path(), source.content() ? Optional.empty() : Optional.of(source.name()));
        }
        if (found.stat().isPresent()) {
            if (isFolder) {
                throw new InvalidSpec(
                        "cannot copy directory '"
                                + source.path()
                                + "': '"
                                + written
                                + "' exists and is none");
            }
            if (destination.assertsFolder()) {
                throw new InvalidSpec("'" + written + "' is not a directory");
            }
            refuseDevice(found.stat().get(), written);
        } else if (!isFolder && destination.assertsFolder()) {
            throw new InvalidSpec(
                    "no such directory: '" + written + "', and '" + source.path() + "' is a file");
        }
        return new Plan(CopyPath.parent(found.path()), Optional.of(CopyPath.name(found.path())));
    }

    private static void refuseDevice(PathStat stat, String written) {
        int type = stat.mode() & TYPE;
        if (type == CHARACTER_DEVICE || type == BLOCK_DEVICE) {
            throw new InvalidSpec(
                    "destination '"
                            + written
                            + "' must be a directory or a regular file: it is a device");
        }
    }
}
