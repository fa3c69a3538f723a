// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.util.Map;

/**
 * What every file has.
 *
 * @param mode permission bits, set-id bits and the sticky bit
 * @param uid unsigned
 * @param gid unsigned
 * @param seconds since 1970
 * @param nanos 0 to 999,999,999
 * @param xattrs full name, as a byte string, to value
 */
public record Metadata(
        int mode, int uid, int gid, long seconds, int nanos, Map<String, byte[]> xattrs) {
    /** Of a directory that nobody has described. */
    public static final Metadata PLAIN_DIRECTORY = new Metadata(0755, 0, 0, 0, 0, Map.of());
}
