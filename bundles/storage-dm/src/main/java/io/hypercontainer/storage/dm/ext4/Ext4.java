// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ext4 file system that is changed without being mounted. Nothing of it may be used before
 * {@link #finish}; what was begun and not finished is damaged. For one thread.
 */
public final class Ext4 {
    private static final int ROOT = 2; // EXT4_ROOT_INO

    /** Heap that a directory's entry takes besides its name. */
    private static final int ENTRY_BYTES = 120;

    private final Blocks blocks;
    private final MemoryBudget.Share memory;
    private final Layout layout;
    private final Allocator allocator;
    private final Extents extents;
    private final Map<Integer, Directory> directories = new HashMap<>();
    private final byte[] buffer = new byte[1 << 18];

    /** Supplies a file's bytes; -1 at the end. */
    public interface Source {
        /** See {@link java.io.InputStream#read(byte[], int, int)}. */
        int read(byte[] into, int offset, int length) throws IOException;
    }

    private Ext4(Blocks blocks, MemoryBudget.Share memory) throws IOException {
        this.blocks = blocks;
        this.memory = memory;
        layout = new Layout(blocks);
        allocator = new Allocator(blocks, layout);
        extents = new Extents(blocks, allocator);
    }

    /**
     * Opens a file system that was made with {@link #features} and changed by nobody but this
     * class.
     *
     * @param device for reading and writing
     * @param room space on the device
     * @param memory heap for directories
     * @throws IOException if it is another one
     */
    public static Ext4 open(FileChannel device, Room room, MemoryBudget.Share memory)
            throws IOException {
        return new Ext4(new Blocks(device, room), memory);
    }

    /** {@return what mke2fs is to be told with -O} */
    public static String features() {
        return Layout.FEATURES;
    }

    /** {@return the top directory} */
    public Directory root() throws IOException {
        return directory(ROOT);
    }

    /** {@return the directory that an entry leads to} */
    public Directory directory(Directory.Entry entry) throws IOException {
        return directory(entry.inode());
    }

    private Directory directory(int number) throws IOException {
        Directory present = directories.get(number);
        if (present != null) {
            return present;
        }
        Inode inode = inode(number);
        Layout.check(inode.isDirectory() && !inode.isIndexed(), "a directory of another kind");
        List<Run> runs = extents.read(inode);
        Layout.check(!runs.isEmpty(), "a directory without blocks");
        int parent = blocks.read(runs.getFirst().first()).getInt(12); // inode of ".."
        var directory = new Directory(number, parent);
        for (Run run : runs) {
            for (int i = 0; i < run.count(); i++) {
                directory.read(blocks.read(run.first() + i));
            }
        }
        directory.names().forEach(this::count);
        directories.put(number, directory);
        return directory;
    }

    private void count(String name) {
        memory.take(ENTRY_BYTES + name.length());
    }

    private void add(Directory parent, String name, Directory.Entry entry) {
        count(name);
        entry.touch();
        parent.put(name, entry);
    }

    /** Makes a directory under a name that nothing has. */
    public Directory makeDirectory(Directory parent, String name, Metadata metadata)
            throws IOException {
        Inode inode = make(FileKind.DIRECTORY, metadata);
        inode.setHasExtents();
        extents.store(inode, List.of());
        put(inode);
        var directory = new Directory(inode.number(), parent.inode());
        directories.put(inode.number(), directory);
        add(parent, name, new Directory.Entry(inode.number(), FileKind.DIRECTORY));
        return directory;
    }

    /** Makes a regular file under a name that nothing has. */
    public void makeFile(Directory parent, String name, Metadata metadata, long size, Source source)
            throws IOException {
        Inode inode = make(FileKind.FILE, metadata);
        inode.setSize(size);
        List<Run> runs = allocator.allocate((size + Blocks.SIZE - 1) / Blocks.SIZE);
        long left = size;
        for (Run run : runs) {
            long length = Math.min(left, (long) run.count() * Blocks.SIZE);
            copy(source, length, run.first());
            left -= length;
        }
        extents.store(inode, runs);
        put(inode);
        add(parent, name, new Directory.Entry(inode.number(), FileKind.FILE));
    }

    /** Whole blocks, the last one filled up with zeros. */
    private void copy(Source source, long length, long first) throws IOException {
        long block = first;
        for (long left = length; left > 0; ) {
            int wanted = (int) Math.min(left, buffer.length);
            int have = 0;
            while (have < wanted) {
                int n = source.read(buffer, have, wanted - have);
                if (n < 0) {
                    throw new IOException("a file's data ended early");
                }
                have += n;
            }
            int whole = (have + Blocks.SIZE - 1) & -Blocks.SIZE;
            java.util.Arrays.fill(buffer, have, whole, (byte) 0);
            blocks.write(block, ByteBuffer.wrap(buffer, 0, whole));
            block += whole / Blocks.SIZE;
            left -= have;
        }
    }

    /** Makes a symbolic link under a name that nothing has. */
    public void makeSymlink(Directory parent, String name, Metadata metadata, String target)
            throws IOException {
        Inode inode = make(FileKind.SYMLINK, metadata);
        byte[] bytes = target.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length == 0 || bytes.length >= Blocks.SIZE) {
            throw new InvalidSpec("layer: a symbolic link's target has " + bytes.length + " bytes");
        }
        inode.setSize(bytes.length);
        if (bytes.length < Inode.BLOCK_SIZE) {
            inode.bytes().put(Inode.BLOCK, bytes);
        } else {
            List<Run> runs = allocator.allocate(1);
            blocks.replace(runs.getFirst().first()).put(0, bytes);
            extents.store(inode, runs);
        }
        put(inode);
        add(parent, name, new Directory.Entry(inode.number(), FileKind.SYMLINK));
    }

    /** Makes a device or named pipe under a name that nothing has. */
    public void makeSpecial(
            Directory parent, String name, Metadata metadata, FileKind kind, int major, int minor)
            throws IOException {
        Inode inode = make(kind, metadata);
        if (major < 256 && minor < 256) {
            inode.bytes().putInt(Inode.BLOCK, (major << 8) | minor); // old_encode_dev
        } else { // new_encode_dev
            int number = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
            inode.bytes().putInt(Inode.BLOCK + 4, number);
        }
        put(inode);
        add(parent, name, new Directory.Entry(inode.number(), kind));
    }

    /** Gives a file that is no directory another name, which nothing has. */
    public void link(Directory parent, String name, Directory.Entry file) throws IOException {
        Inode inode = inode(file.inode());
        if (!inode.setLinks(inode.links() + 1)) {
            throw new InvalidSpec("layer: a file has more than 65000 names");
        }
        put(inode);
        add(parent, name, new Directory.Entry(file.inode(), file.kind()));
    }

    /** Describes a directory anew. */
    public void describe(Directory directory, Metadata metadata) throws IOException {
        Inode inode = inode(directory.inode());
        inode.setMetadata(FileKind.DIRECTORY.mode(), metadata);
        setXattrs(inode, metadata);
        put(inode);
    }

    /** Removes a name, and what it alone leads to with all that is in it. */
    public void remove(Directory parent, String name) throws IOException {
        var gone = new ArrayDeque<Directory.Entry>();
        gone.add(java.util.Objects.requireNonNull(parent.find(name)));
        parent.remove(name);
        while (!gone.isEmpty()) {
            Directory.Entry entry = gone.removeLast();
            Inode inode = inode(entry.inode());
            if (entry.kind() == FileKind.DIRECTORY) {
                gone.addAll(directory(entry).entries());
                directories.remove(entry.inode());
                delete(inode);
            } else if (inode.links() <= 1) {
                delete(inode);
            } else {
                var _ = inode.setLinks(inode.links() - 1);
                put(inode);
            }
        }
    }

    private void delete(Inode inode) throws IOException {
        if (inode.hasExtents()) {
            extents.free(inode);
        }
        if (inode.xattrBlock() != 0) {
            allocator.free(inode.xattrBlock());
        }
        allocator.freeInode(inode.number(), inode.isDirectory());
        put(Inode.of(inode.number(), new byte[Layout.INODE_SIZE]));
    }

    private Inode make(FileKind kind, Metadata metadata) throws IOException {
        boolean directory = kind == FileKind.DIRECTORY;
        Inode inode = Inode.empty(allocator.allocateInode(directory));
        inode.setMetadata(kind.mode(), metadata);
        var _ = inode.setLinks(1);
        setXattrs(inode, metadata);
        return inode;
    }

    private void setXattrs(Inode inode, Metadata metadata) throws IOException {
        if (inode.xattrBlock() != 0) {
            allocator.free(inode.xattrBlock());
            inode.setXattrBlock(0);
            inode.addBlocks(-1);
        }
        var xattrs = new Xattrs(metadata.xattrs());
        if (xattrs.isEmpty() || xattrs.fitsInode()) {
            xattrs.putInto(inode);
            return;
        }
        new Xattrs(Map.of()).putInto(inode);
        long block = allocator.allocate(1).getFirst().first();
        xattrs.putInto(blocks.replace(block));
        inode.setXattrBlock(block);
        inode.addBlocks(1);
    }

    private Inode inode(int number) throws IOException {
        Layout.check(
                number > 0 && number <= layout.groups() * layout.inodesPerGroup(),
                "a name that leads to no file");
        byte[] bytes = new byte[Layout.INODE_SIZE];
        blocks.read(layout.inodeBlock(number)).get(layout.inodeOffset(number), bytes);
        return Inode.of(number, bytes);
    }

    private void put(Inode inode) throws IOException {
        blocks.change(layout.inodeBlock(inode.number()))
                .put(layout.inodeOffset(inode.number()), inode.bytes().array());
    }

    /** {@return bytes that are not taken} */
    public long freeBytes() {
        return layout.freeBlocks() * Blocks.SIZE;
    }

    /** Completes it; all is on disk on return. */
    public void finish() throws IOException {
        for (Directory directory : directories.values()) {
            if (directory.isChanged() || inode(directory.inode()).size() == 0) {
                store(directory);
            }
        }
        allocator.store();
        layout.store();
        blocks.sync();
    }

    private void store(Directory directory) throws IOException {
        Inode inode = inode(directory.inode());
        List<byte[]> content = directory.encode();
        List<Run> runs = extents.read(inode);
        if (runs.stream().mapToLong(Run::count).sum() != content.size()) {
            extents.free(inode);
            runs = allocator.allocate(content.size());
            extents.store(inode, runs);
        }
        int next = 0;
        for (Run run : runs) {
            for (int i = 0; i < run.count(); i++) {
                blocks.replace(run.first() + i).put(0, content.get(next++));
            }
        }
        inode.setSize((long) content.size() * Blocks.SIZE);
        var _ = inode.setLinks(2 + directory.subdirectories());
        put(inode);
    }
}
