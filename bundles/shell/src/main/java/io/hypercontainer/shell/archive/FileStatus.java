// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.time.Instant;

/**
 * A file of a client.
 *
 * @param mode type and permissions as in stat(2)
 * @param uid its owner
 * @param gid its group
 * @param modified when it was last modified
 * @param size its size, 0 for what is no regular file
 * @param target where a symbolic link leads, raw; else empty
 */
public record FileStatus(int mode, int uid, int gid, Instant modified, long size, String target) {
    /** Type of a folder. */
    public static final int FOLDER = 0040000;

    /** Type of a symbolic link. */
    public static final int LINK = 0120000;

    private static final int FILE = 0100000;
    private static final int TYPE = 0170000;

    /** {@return whether it is a folder} */
    public boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    /** {@return whether it is a regular file} */
    public boolean isFile() {
        return (mode & TYPE) == FILE;
    }

    /** {@return whether it is a symbolic link} */
    public boolean isLink() {
        return (mode & TYPE) == LINK;
    }
}
