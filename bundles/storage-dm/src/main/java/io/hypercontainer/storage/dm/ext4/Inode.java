// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An inode's 256 bytes. */
final class Inode {
    static final int TYPE = 0170000; // S_IFMT
    static final int DIRECTORY = 0040000;

    /** Where the 60 bytes of i_block are. */
    static final int BLOCK = 40;

    static final int BLOCK_SIZE = 60;

    /** Where extended attributes begin: behind the fields that i_extra_isize counts. */
    static final int XATTRS = 160;

    private static final int EXTENTS = 0x80000; // EXT4_EXTENTS_FL
    private static final int INDEXED = 0x1000; // EXT4_INDEX_FL
    private static final int SECTORS = Blocks.SIZE / 512;

    /** EXT4_LINK_MAX; directories with more count as having 1. */
    private static final int MOST_LINKS = 65000;

    private static final long LATEST = (1L << 34) - (1L << 31) - 1;

    private final int number;
    private final ByteBuffer bytes;

    private Inode(int number, ByteBuffer bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    static Inode empty(int number) {
        var bytes = ByteBuffer.allocate(Layout.INODE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(128, (short) (XATTRS - 128));
        return new Inode(number, bytes);
    }

    static Inode of(int number, byte[] bytes) {
        return new Inode(number, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    int number() {
        return number;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    int mode() {
        return Short.toUnsignedInt(bytes.getShort(0));
    }

    boolean isDirectory() {
        return (mode() & TYPE) == DIRECTORY;
    }

    /** Whether i_block has extents, not a short link's target or a device's number. */
    boolean hasExtents() {
        return (bytes.getInt(32) & EXTENTS) != 0;
    }

    boolean isIndexed() {
        return (bytes.getInt(32) & INDEXED) != 0;
    }

    void setHasExtents() {
        bytes.putInt(32, bytes.getInt(32) | EXTENTS);
    }

    /** Type and permissions, owner and times. */
    void setMetadata(int type, Metadata metadata) {
        bytes.putShort(0, (short) (type | metadata.mode()));
        bytes.putShort(2, (short) metadata.uid());
        bytes.putShort(120, (short) (metadata.uid() >>> 16));
        bytes.putShort(24, (short) metadata.gid());
        bytes.putShort(122, (short) (metadata.gid() >>> 16));
        long seconds = Math.clamp(metadata.seconds(), Integer.MIN_VALUE, LATEST);
        int extra = (int) (((seconds - (int) seconds) >> 32) & 3) | (metadata.nanos() << 2);
        for (int at : new int[] {8, 12, 16, 144}) { // access, change, modification, creation
            bytes.putInt(at, (int) seconds);
        }
        for (int at : new int[] {132, 136, 140, 148}) {
            bytes.putInt(at, extra);
        }
    }

    long size() {
        return Integer.toUnsignedLong(bytes.getInt(4))
                | (Integer.toUnsignedLong(bytes.getInt(108)) << 32);
    }

    void setSize(long size) {
        bytes.putInt(4, (int) size);
        bytes.putInt(108, (int) (size >>> 32));
    }

    int links() {
        return Short.toUnsignedInt(bytes.getShort(26));
    }

    /** {@return whether it may have so many} */
    boolean setLinks(int links) {
        if (links >= MOST_LINKS && !isDirectory()) {
            return false;
        }
        bytes.putShort(26, (short) (links >= MOST_LINKS ? 1 : links));
        return true;
    }

    /** Counts blocks that belong to it. */
    void addBlocks(long count) {
        long sectors =
                Integer.toUnsignedLong(bytes.getInt(28))
                        | ((long) Short.toUnsignedInt(bytes.getShort(116)) << 32);
        sectors += count * SECTORS;
        bytes.putInt(28, (int) sectors);
        bytes.putShort(116, (short) (sectors >>> 32));
    }

    /** Block with extended attributes, 0 for none. */
    long xattrBlock() {
        return Integer.toUnsignedLong(bytes.getInt(104));
    }

    void setXattrBlock(long block) {
        bytes.putInt(104, (int) block);
    }

    void setDeleted() {
        bytes.putShort(26, (short) 0);
        bytes.putInt(20, bytes.getInt(16) == 0 ? 1 : bytes.getInt(16)); // any time but none
    }
}
