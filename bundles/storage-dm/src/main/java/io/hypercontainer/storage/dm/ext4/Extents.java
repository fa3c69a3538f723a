// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Where a file's blocks are: {@code struct ext4_extent_header} and what follows it. */
final class Extents {
    private static final short MAGIC = (short) 0xf30a;
    private static final int HEADER = 12;
    private static final int ENTRY = 12;
    private static final int IN_INODE = (Inode.BLOCK_SIZE - HEADER) / ENTRY;
    private static final int IN_BLOCK = (Blocks.SIZE - HEADER) / ENTRY;
    private static final int MAX_DEPTH = 5;

    private final Blocks blocks;
    private final Allocator allocator;

    Extents(Blocks blocks, Allocator allocator) {
        this.blocks = blocks;
        this.allocator = allocator;
    }

    /** What a node of the tree says of one below it, or of blocks of the file. */
    private record Entry(int logical, long first, int count) {}

    /** Makes these an inode's blocks; it has none yet. */
    void store(Inode inode, List<Run> runs) throws IOException {
        List<Entry> level = new ArrayList<>();
        int logical = 0;
        for (Run run : runs) {
            level.add(new Entry(logical, run.first(), run.count()));
            logical += run.count();
        }
        inode.addBlocks(logical);
        int depth = 0;
        while (level.size() > IN_INODE) {
            List<Entry> above = new ArrayList<>();
            for (int from = 0; from < level.size(); from += IN_BLOCK) {
                List<Entry> part = level.subList(from, Math.min(level.size(), from + IN_BLOCK));
                long block = allocator.allocate(1).getFirst().first();
                inode.addBlocks(1);
                put(blocks.replace(block), 0, part, IN_BLOCK, depth);
                above.add(new Entry(part.getFirst().logical(), block, 0));
            }
            level = above;
            depth++;
        }
        inode.setHasExtents();
        for (int at = 0; at < Inode.BLOCK_SIZE; at++) {
            inode.bytes().put(Inode.BLOCK + at, (byte) 0);
        }
        put(inode.bytes(), Inode.BLOCK, level, IN_INODE, depth);
    }

    private static void put(ByteBuffer bytes, int start, List<Entry> entries, int most, int depth) {
        bytes.putShort(start, MAGIC).putShort(start + 2, (short) entries.size());
        bytes.putShort(start + 4, (short) most).putShort(start + 6, (short) depth);
        int at = start + HEADER;
        for (Entry entry : entries) {
            bytes.putInt(at, entry.logical());
            if (depth == 0) {
                bytes.putShort(at + 4, (short) entry.count());
                bytes.putShort(at + 6, (short) (entry.first() >>> 32));
                bytes.putInt(at + 8, (int) entry.first());
            } else {
                bytes.putInt(at + 4, (int) entry.first());
                bytes.putShort(at + 8, (short) (entry.first() >>> 32));
            }
            at += ENTRY;
        }
    }

    /** An inode's blocks in their order. */
    List<Run> read(Inode inode) throws IOException {
        var runs = new ArrayList<Run>();
        walk(inode.bytes(), Inode.BLOCK, IN_INODE, MAX_DEPTH, runs, new ArrayList<>());
        return runs;
    }

    /** Gives all blocks of an inode back. */
    void free(Inode inode) throws IOException {
        var runs = new ArrayList<Run>();
        var inner = new ArrayList<Long>();
        walk(inode.bytes(), Inode.BLOCK, IN_INODE, MAX_DEPTH, runs, inner);
        allocator.free(runs);
        for (long block : inner) {
            allocator.free(block);
        }
        inode.addBlocks(-(runs.stream().mapToLong(Run::count).sum() + inner.size()));
    }

    private void walk(
            ByteBuffer bytes, int start, int most, int levels, List<Run> runs, List<Long> inner)
            throws IOException {
        int count = Short.toUnsignedInt(bytes.getShort(start + 2));
        int depth = bytes.getShort(start + 6);
        Layout.check(
                bytes.getShort(start) == MAGIC && count <= most && depth >= 0 && depth <= levels,
                "a file without extents");
        var below = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            int at = start + HEADER + i * ENTRY;
            if (depth == 0) {
                int length = Short.toUnsignedInt(bytes.getShort(at + 4));
                Layout.check(length > 0 && length <= Run.MAX, "blocks that were never written");
                runs.add(new Run(number(bytes.getInt(at + 8), bytes.getShort(at + 6)), length));
            } else {
                below.add(number(bytes.getInt(at + 4), bytes.getShort(at + 8)));
            }
        }
        for (long block : below) {
            inner.add(block);
            ByteBuffer node = ByteBuffer.wrap(blocks.read(block).array().clone());
            walk(node.order(java.nio.ByteOrder.LITTLE_ENDIAN), 0, IN_BLOCK, depth - 1, runs, inner);
        }
    }

    private static long number(int low, short high) {
        return Integer.toUnsignedLong(low) | ((long) Short.toUnsignedInt(high) << 32);
    }
}
