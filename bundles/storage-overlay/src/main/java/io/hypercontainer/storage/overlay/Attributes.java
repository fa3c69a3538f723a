// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.layer.TarEntry;

/**
 * What every inode has.
 *
 * @param mode permission bits, set-id bits and the sticky bit, without the file type
 * @param uid unsigned
 * @param gid unsigned
 * @param xattrs encoded, see {@link Xattrs}
 */
record Attributes(int mode, int uid, int gid, long mtimeSeconds, int mtimeNanos, Xattrs xattrs) {
    /** Of a directory that the layer uses but does not list. */
    static final Attributes MISSING_PARENT = new Attributes(0755, 0, 0, 0, 0, Xattrs.NONE);

    /** Of a whiteout, of which overlayfs reads type and device number alone. */
    static final Attributes WHITEOUT = new Attributes(0, 0, 0, 0, 0, Xattrs.NONE);

    static Attributes of(TarEntry entry) {
        return new Attributes(
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.mtimeSeconds(),
                entry.mtimeNanos(),
                Xattrs.of(entry.path(), entry.xattrs()));
    }
}
