// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives and takes back blocks and inodes. Blocks are given one behind the other, the lowest first,
 * so that a thin device gets few and full blocks.
 */
final class Allocator {
    /** The first inode that is no reserved one and not lost+found. */
    private static final int FIRST_INODE = 12;

    private final Blocks blocks;
    private final Layout layout;
    private final Map<Integer, byte[]> blockBitmaps = new HashMap<>();
    private final Map<Integer, byte[]> inodeBitmaps = new HashMap<>();
    private long nextBlock;
    private int nextInode = FIRST_INODE;

    Allocator(Blocks blocks, Layout layout) {
        this.blocks = blocks;
        this.layout = layout;
    }

    /** So many blocks, in as few runs as there are. */
    List<Run> allocate(long count) throws IOException {
        if (count > layout.freeBlocks()) {
            throw new Unavailable(
                    "the file system of "
                            + ((layout.blockCount() * Blocks.SIZE) >> 20)
                            + " MiB is full: raise rootSizeMiB of hyper.storage.dm, and pull the"
                            + " image again");
        }
        var runs = new ArrayList<Run>();
        for (long left = count; left > 0; ) {
            Run run = next((int) Math.min(left, Run.MAX));
            runs.add(run);
            left -= run.count();
        }
        return runs;
    }

    private Run next(int most) throws IOException {
        if (nextBlock >= layout.blockCount()) {
            nextBlock = 0;
        }
        int first = (int) (nextBlock / layout.blocksPerGroup());
        for (int i = 0; i <= layout.groups(); i++) {
            int group = (first + i) % layout.groups();
            int from = i == 0 ? (int) (nextBlock % layout.blocksPerGroup()) : 0;
            Run run = layout.freeBlocksIn(group) == 0 ? null : take(group, from, most);
            if (run != null) {
                nextBlock = run.first() + run.count();
                return run;
            }
        }
        throw new IOException("the file system counts more free blocks than it has");
    }

    private @Nullable Run take(int group, int from, int most) throws IOException {
        byte[] bitmap = bitmap(blockBitmaps, group, layout.blockBitmap(group));
        int end = layout.blocksIn(group);
        int at = from;
        while (at < end && isSet(bitmap, at)) {
            at++;
        }
        int start = at;
        while (at < end && at - start < most && !isSet(bitmap, at)) {
            set(bitmap, at++);
        }
        if (at == start) {
            return null;
        }
        layout.countBlocks(group, start - at);
        return new Run((long) group * layout.blocksPerGroup() + start, at - start);
    }

    void free(List<Run> runs) throws IOException {
        for (Run run : runs) {
            for (int i = 0; i < run.count(); i++) {
                free(run.first() + i);
            }
        }
    }

    void free(long block) throws IOException {
        int group = (int) (block / layout.blocksPerGroup());
        Layout.check(block > 0 && block < layout.blockCount(), "a file outside of itself");
        clear(
                bitmap(blockBitmaps, group, layout.blockBitmap(group)),
                (int) (block % layout.blocksPerGroup()),
                "a block with two owners");
        layout.countBlocks(group, 1);
        blocks.forget(block);
    }

    int allocateInode(boolean directory) throws IOException {
        int last = layout.groups() * layout.inodesPerGroup();
        while (nextInode <= last) {
            int group = layout.group(nextInode);
            if (layout.freeInodesIn(group) == 0) {
                nextInode = (group + 1) * layout.inodesPerGroup() + 1;
                continue;
            }
            byte[] bitmap = bitmap(inodeBitmaps, group, layout.inodeBitmap(group));
            int inode = nextInode++;
            if (!isSet(bitmap, layout.index(inode))) {
                set(bitmap, layout.index(inode));
                layout.countInode(group, -1, directory);
                return inode;
            }
        }
        throw new Unavailable(
                "the file system has no inode left for another file: raise rootSizeMiB of"
                        + " hyper.storage.dm, and pull the image again");
    }

    void freeInode(int inode, boolean directory) throws IOException {
        int group = layout.group(inode);
        clear(
                bitmap(inodeBitmaps, group, layout.inodeBitmap(group)),
                layout.index(inode),
                "a file that is not there");
        layout.countInode(group, 1, directory);
        nextInode = Math.min(nextInode, Math.max(inode, FIRST_INODE));
    }

    private byte[] bitmap(Map<Integer, byte[]> known, int group, long at) throws IOException {
        byte[] present = known.get(group);
        if (present == null) {
            present = new byte[Blocks.SIZE];
            blocks.read(at).get(0, present);
            known.put(group, present);
        }
        return present;
    }

    private static boolean isSet(byte[] bitmap, int index) {
        return (bitmap[index >> 3] & (1 << (index & 7))) != 0;
    }

    private static void set(byte[] bitmap, int index) {
        bitmap[index >> 3] |= (byte) (1 << (index & 7));
    }

    private static void clear(byte[] bitmap, int index, String otherwise) throws IOException {
        Layout.check(isSet(bitmap, index), otherwise);
        bitmap[index >> 3] &= (byte) ~(1 << (index & 7));
    }

    /** Hands the bitmaps to the cache of blocks. */
    void store() throws IOException {
        for (Map.Entry<Integer, byte[]> entry : blockBitmaps.entrySet()) {
            blocks.replace(layout.blockBitmap(entry.getKey())).put(0, entry.getValue());
        }
        for (Map.Entry<Integer, byte[]> entry : inodeBitmaps.entrySet()) {
            blocks.replace(layout.inodeBitmap(entry.getKey())).put(0, entry.getValue());
        }
    }
}
