// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes of one inode, as the bytes that follow it in the image: {@code struct
 * erofs_xattr_ibody_header}, then one {@code struct erofs_xattr_entry} each (Linux,
 * fs/erofs/erofs_fs.h). All are kept inline; sharing would save little in a layer.
 */
final class Xattrs {
    static final Xattrs NONE = new Xattrs(new byte[0]);

    /** XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux are 64 KiB; a tar can't ask for more. */
    static final int MAX_BYTES_PER_INODE = 1 << 16;

    private static final int HEADER_SIZE = 12;
    private static final int ENTRY_SIZE = 4;
    private static final int MAX_NAME = 255;
    private static final int MAX_VALUE = 0xffff;
    private static final String OVERLAY = "trusted.overlay.";
    private static final String OPAQUE = OVERLAY + "opaque";

    /** What Linux reads: prefix to its index (EROFS_XATTR_INDEX_*). */
    private enum Namespace {
        USER("user.", 1),
        ACL_ACCESS("system.posix_acl_access", 2),
        ACL_DEFAULT("system.posix_acl_default", 3),
        TRUSTED("trusted.", 4),
        SECURITY("security.", 6);

        private final String prefix;
        private final int index;

        Namespace(String prefix, int index) {
            this.prefix = prefix;
            this.index = index;
        }

        boolean contains(String name) {
            boolean whole = this == ACL_ACCESS || this == ACL_DEFAULT;
            return whole
                    ? name.equals(prefix)
                    : name.startsWith(prefix) && name.length() > prefix.length();
        }
    }

    private final byte[] encoded;

    private Xattrs(byte[] encoded) {
        this.encoded = encoded;
    }

    /**
     * Drops what could not be set on Linux (another system's namespaces), as Docker does, and what
     * would steer overlayfs: an image must not forge its redirects and opaque marks.
     */
    static Xattrs of(String path, Map<String, byte[]> attributes) {
        if (attributes.isEmpty()) {
            return NONE;
        }
        var entries = ByteBuffer.allocate(MAX_BYTES_PER_INODE).order(ByteOrder.LITTLE_ENDIAN);
        new TreeMap<>(attributes)
                .forEach((name, value) -> {
                    if (!name.startsWith(OVERLAY)) {
                        encode(entries, name, value, path);
                    }
                });
        entries.flip();
        return withHeader(entries);
    }

    /** These, with the mark that hides the lower layers' directory of the same path. */
    Xattrs opaque() {
        int present = encoded.length == 0 ? 0 : encoded.length - HEADER_SIZE;
        var entries = ByteBuffer.allocate(present + 64).order(ByteOrder.LITTLE_ENDIAN);
        entries.put(encoded, encoded.length - present, present);
        encode(entries, OPAQUE, new byte[] {'y'}, "");
        entries.flip();
        return withHeader(entries);
    }

    byte[] encoded() {
        return encoded;
    }

    int size() {
        return encoded.length;
    }

    /** The on-disk i_xattr_icount: 0, or 1 and the number of 4-byte units behind the header. */
    int count() {
        return encoded.length == 0 ? 0 : 1 + (encoded.length - HEADER_SIZE) / 4;
    }

    private static Xattrs withHeader(ByteBuffer entries) {
        if (!entries.hasRemaining()) {
            return NONE;
        }
        byte[] encoded = new byte[HEADER_SIZE + entries.remaining()];
        entries.get(encoded, HEADER_SIZE, entries.remaining());
        return new Xattrs(encoded);
    }

    private static void encode(ByteBuffer into, String name, byte[] value, String path) {
        for (Namespace namespace : Namespace.values()) {
            if (namespace.contains(name)) {
                byte[] rest = Bytes.toArray(name.substring(namespace.prefix.length()));
                int size = (ENTRY_SIZE + rest.length + value.length + 3) & ~3;
                if (rest.length > MAX_NAME || value.length > MAX_VALUE || size > into.remaining()) {
                    throw new InvalidSpec(
                            "layer: the extended attributes of "
                                    + Bytes.show(path)
                                    + " are larger than Linux allows");
                }
                int end = into.position() + size;
                into.put((byte) rest.length)
                        .put((byte) namespace.index)
                        .putShort((short) value.length)
                        .put(rest)
                        .put(value);
                into.position(end);
                return;
            }
        }
    }
}
