// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Instant;

/**
 * A file in a container.
 *
 * @param name its name, without folders
 * @param size its size in bytes
 * @param mode type and permissions as in stat(2)
 * @param modified when it was last modified
 * @param linkTarget where a symbolic link leads in the end: the absolute path of a file without
 *     links in it, or, when there is no such file, what the link says; empty if it is none
 */
public record PathStat(String name, long size, int mode, Instant modified, String linkTarget) {
    /** {@return whether it is a folder} */
    public boolean isFolder() {
        return (mode & 0170000) == 0040000;
    }
}
