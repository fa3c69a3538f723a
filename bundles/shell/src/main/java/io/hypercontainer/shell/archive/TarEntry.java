// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.time.Instant;

/**
 * An entry of an archive.
 *
 * @param name its path, raw
 * @param kind what it is
 * @param mode its permissions
 * @param uid its owner
 * @param gid its group
 * @param modified when it was modified
 * @param size length of its content
 * @param link where a link leads, raw; else empty
 */
public record TarEntry(
        String name,
        Kind kind,
        int mode,
        long uid,
        long gid,
        Instant modified,
        long size,
        String link) {
    /** Kinds of entries. */
    public enum Kind {
        /** A regular file. */
        FILE,
        /** A folder. */
        FOLDER,
        /** A symbolic link. */
        SYMBOLIC_LINK,
        /** A further name of a file that came before. */
        HARD_LINK,
        /** A device, a pipe, or what else there may be. */
        OTHER
    }
}
