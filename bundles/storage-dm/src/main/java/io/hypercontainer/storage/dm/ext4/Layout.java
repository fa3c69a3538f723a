// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Superblock and block group descriptors, kept in memory until {@link #store}. */
final class Layout {
    /** Features by which mke2fs is told to make file systems; others are not understood here. */
    static final String FEATURES =
            "none,has_journal,ext_attr,dir_index,filetype,extent,sparse_super2,large_file,"
                    + "huge_file,dir_nlink,extra_isize";

    static final int INODE_SIZE = 256;

    private static final int COMPATIBLE = 0x4 | 0x8 | 0x20 | 0x200;
    private static final int INCOMPATIBLE = 0x2 | 0x40;
    private static final int READ_ONLY_COMPATIBLE = 0x2 | 0x8 | 0x20 | 0x40;
    private static final int SUPERBLOCK = 1024; // in block 0
    private static final int MAGIC = 0xef53;
    private static final int DESCRIPTOR = 32;

    private final Blocks blocks;
    private final ByteBuffer superblock;
    private final ByteBuffer descriptors;
    private final long blockCount;
    private final int blocksPerGroup;
    private final int inodesPerGroup;
    private final int groups;
    private long freeBlocks;
    private int freeInodes;

    Layout(Blocks blocks) throws IOException {
        this.blocks = blocks;
        superblock = copy(blocks.read(0));
        int at = SUPERBLOCK;
        check(Short.toUnsignedInt(superblock.getShort(at + 56)) == MAGIC, "no magic number");
        check(superblock.getInt(at + 24) == 2, "other blocks than of 4 KiB");
        check(superblock.getShort(at + 88) == INODE_SIZE, "other inodes than of 256 bytes");
        check(
                superblock.getInt(at + 92) == COMPATIBLE
                        && superblock.getInt(at + 96) == INCOMPATIBLE
                        && superblock.getInt(at + 100) == READ_ONLY_COMPATIBLE,
                "other features than it was made with");
        blockCount = Integer.toUnsignedLong(superblock.getInt(at + 4));
        freeBlocks = Integer.toUnsignedLong(superblock.getInt(at + 12));
        freeInodes = superblock.getInt(at + 16);
        blocksPerGroup = superblock.getInt(at + 32);
        inodesPerGroup = superblock.getInt(at + 40);
        check(
                blocksPerGroup > 0 && blocksPerGroup <= Blocks.SIZE * 8 && inodesPerGroup > 0,
                "groups of no size");
        groups = (int) ((blockCount + blocksPerGroup - 1) / blocksPerGroup);
        int tableBlocks = (groups * DESCRIPTOR + Blocks.SIZE - 1) / Blocks.SIZE;
        descriptors = ByteBuffer.allocate(tableBlocks * Blocks.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tableBlocks; i++) {
            descriptors.put(blocks.read(1 + i).duplicate());
        }
        descriptors.clear();
    }

    private static ByteBuffer copy(ByteBuffer block) {
        var copy = ByteBuffer.allocate(Blocks.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(block.duplicate());
        copy.clear();
        return copy;
    }

    static void check(boolean right, String otherwise) throws IOException {
        if (!right) {
            throw new IOException("the file system is not as it was made: it has " + otherwise);
        }
    }

    int groups() {
        return groups;
    }

    int blocksPerGroup() {
        return blocksPerGroup;
    }

    int inodesPerGroup() {
        return inodesPerGroup;
    }

    long blockCount() {
        return blockCount;
    }

    long freeBlocks() {
        return freeBlocks;
    }

    /** Blocks in a group; the last may be shorter. */
    int blocksIn(int group) {
        return (int) Math.min(blocksPerGroup, blockCount - (long) group * blocksPerGroup);
    }

    long blockBitmap(int group) {
        return Integer.toUnsignedLong(descriptors.getInt(group * DESCRIPTOR));
    }

    long inodeBitmap(int group) {
        return Integer.toUnsignedLong(descriptors.getInt(group * DESCRIPTOR + 4));
    }

    /** Block in which an inode lies. */
    long inodeBlock(int inode) {
        long table = Integer.toUnsignedLong(descriptors.getInt(group(inode) * DESCRIPTOR + 8));
        return table + (long) index(inode) * INODE_SIZE / Blocks.SIZE;
    }

    /** Where in that block. */
    int inodeOffset(int inode) {
        return index(inode) * INODE_SIZE % Blocks.SIZE;
    }

    int group(int inode) {
        return (inode - 1) / inodesPerGroup;
    }

    int index(int inode) {
        return (inode - 1) % inodesPerGroup;
    }

    int freeBlocksIn(int group) {
        return Short.toUnsignedInt(descriptors.getShort(group * DESCRIPTOR + 12));
    }

    int freeInodesIn(int group) {
        return Short.toUnsignedInt(descriptors.getShort(group * DESCRIPTOR + 14));
    }

    void countBlocks(int group, int freed) {
        freeBlocks += freed;
        add(group * DESCRIPTOR + 12, freed);
    }

    void countInode(int group, int freed, boolean directory) {
        freeInodes += freed;
        add(group * DESCRIPTOR + 14, freed);
        if (directory) {
            add(group * DESCRIPTOR + 16, -freed);
        }
    }

    private void add(int offset, int change) {
        descriptors.putShort(offset, (short) (descriptors.getShort(offset) + change));
    }

    /** Hands it to the cache of blocks. */
    void store() throws IOException {
        superblock.putInt(SUPERBLOCK + 12, (int) freeBlocks);
        superblock.putInt(SUPERBLOCK + 16, freeInodes);
        blocks.replace(0).put(0, superblock, 0, Blocks.SIZE);
        for (int i = 0; i < descriptors.capacity() / Blocks.SIZE; i++) {
            blocks.replace(1 + i).put(0, descriptors, i * Blocks.SIZE, Blocks.SIZE);
        }
    }
}
