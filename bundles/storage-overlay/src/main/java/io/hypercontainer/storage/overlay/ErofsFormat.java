// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The on-disk structures that are written whole, after Linux 6.1's fs/erofs/erofs_fs.h. Only the
 * oldest features are used (no incompatible flag is set), so every kernel since 5.4 mounts it.
 */
final class ErofsFormat {
    static final int BLOCK_SIZE = 4096;
    static final int BLOCK_BITS = 12;

    /** Inodes lie at multiples of this; an inode's number counts them. */
    static final int INODE_SLOT = 32;

    /**
     * {@code struct erofs_inode_extended}: the one with its own time, 32-bit owner, 64-bit size.
     */
    static final int INODE_SIZE = 64;

    private static final int SUPERBLOCK_OFFSET = 1024;
    private static final int CHECKSUM_OFFSET = SUPERBLOCK_OFFSET + 4;
    private static final int MAGIC = 0xE0F5E1E2;
    private static final int FEATURE_COMPAT_CHECKSUM_AND_MTIME = 3;
    private static final int FLAT_PLAIN = 0;
    private static final int FLAT_INLINE = 2;

    private ErofsFormat() {}

    /**
     * One inode.
     *
     * @param inline whether the last, partial block follows the inode and its attributes
     * @param location first block, or the device number
     */
    static byte[] inode(
            Inode inode,
            Xattrs xattrs,
            boolean inline,
            long size,
            int location,
            int serial,
            int links) {
        Attributes attributes = inode.attributes();
        int layout = inline ? FLAT_INLINE : FLAT_PLAIN;
        int mode = attributes.mode() | FileType.of(inode.content()).mode();
        return ByteBuffer.allocate(INODE_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) (layout << 1 | 1))
                .putShort((short) xattrs.count())
                .putShort((short) mode)
                .putShort((short) 0)
                .putLong(size)
                .putInt(location)
                .putInt(serial)
                .putInt(attributes.uid())
                .putInt(attributes.gid())
                .putLong(attributes.mtimeSeconds())
                .putInt(attributes.mtimeNanos())
                .putInt(links)
                .array();
    }

    /** Linux's new_encode_dev(). */
    static int device(int major, int minor) {
        return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    }

    /** The first block: 1024 bytes left free, the superblock, zeros. */
    static byte[] firstBlock(UUID uuid, long inodes, long blocks, long metadataBlock, long root) {
        var block = ByteBuffer.allocate(BLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        block.position(SUPERBLOCK_OFFSET);
        block.putInt(MAGIC)
                .putInt(0) // checksum, below
                .putInt(FEATURE_COMPAT_CHECKSUM_AND_MTIME)
                .put((byte) BLOCK_BITS)
                .put((byte) 0) // no extension slots
                .putShort((short) root)
                .putLong(inodes)
                .putLong(0) // build time, used by compact inodes alone
                .putInt(0)
                .putInt((int) blocks)
                .putInt((int) metadataBlock)
                .putInt(0); // no shared attributes
        block.order(ByteOrder.BIG_ENDIAN)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits());
        var checksum = new CRC32C();
        checksum.update(block.array(), SUPERBLOCK_OFFSET, BLOCK_SIZE - SUPERBLOCK_OFFSET);
        // Linux keeps CRC-32C without its final inversion.
        block.order(ByteOrder.LITTLE_ENDIAN).putInt(CHECKSUM_OFFSET, ~(int) checksum.getValue());
        return block.array();
    }
}
