// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import java.util.Map;

/**
 * One entry of a layer's tar. Strings are byte strings ({@link Bytes}).
 *
 * @param path as written in the archive, not yet checked
 * @param size of the data that follows; 0 for everything but regular files
 * @param linkTarget of hard and symbolic links, else empty
 * @param xattrs full name to value
 */
public record TarEntry(
        String path,
        Type type,
        int mode,
        int uid,
        int gid,
        long mtimeSeconds,
        int mtimeNanos,
        long size,
        String linkTarget,
        int deviceMajor,
        int deviceMinor,
        Map<String, byte[]> xattrs) {

    public enum Type {
        FILE,
        HARD_LINK,
        SYMLINK,
        CHAR_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }
}
