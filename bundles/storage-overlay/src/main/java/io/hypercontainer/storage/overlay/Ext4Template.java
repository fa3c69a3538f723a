// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.storage.host.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * An empty ext4 file system of one size, kept in memory: some 120 KB for 10 GiB. mke2fs runs once a
 * size; each disk is then a sparse file into which these bytes are written, which takes half a
 * millisecond where running a program takes several.
 */
final class Ext4Template {
    static final long MIB = 1 << 20;
    static final long MIN_SIZE = 32 * MIB;

    /** Of 4096-byte blocks with 32-bit numbers. */
    static final long MAX_SIZE = (16L << 40) - MIB;

    private static final int BLOCK = 4096;
    private static final int INODE_SIZE = 256;
    private static final long LARGE = 1L << 30;

    /**
     * Named one by one, so that the guest's kernel is never handed a feature that only this host's
     * e2fsprogs knows; all of these are older than Linux 4.0.
     */
    private static final String FEATURES =
            "none,has_journal,ext_attr,dir_index,filetype,extent,flex_bg,sparse_super2,large_file,"
                    + "huge_file,dir_nlink,extra_isize,metadata_csum";

    /**
     * All metadata at the disk's beginning and no spare superblocks, so that it is quickly found.
     * The file is new and thus zero: neither mke2fs nor the guest needs to write empty inode
     * tables.
     */
    private static final String LAYOUT =
            "assume_storage_prezeroed=1,packed_meta_blocks=1,num_backup_sb=0,nodiscard,"
                    + "root_owner=0:0";

    private record Piece(long offset, byte[] bytes) {}

    private final long size;
    private final List<Piece> pieces;

    private Ext4Template(long size, List<Piece> pieces) {
        this.size = size;
        this.pieces = pieces;
    }

    /**
     * Makes a file system and checks that its copy is one.
     *
     * @param size in bytes, a multiple of 1 MiB
     * @param scratch a path that nothing has; nothing has it afterwards either
     */
    static Ext4Template make(long size, Path scratch) throws IOException {
        Tool mke2fs = Tool.require("mke2fs", "e2fsprogs");
        Tool e2fsck = Tool.require("e2fsck", "e2fsprogs");
        try {
            create(scratch, size);
            mke2fs.runOrFail(
                    List.of(
                            "-q",
                            "-F",
                            "-t",
                            "ext4",
                            "-b",
                            String.valueOf(BLOCK),
                            "-I",
                            String.valueOf(INODE_SIZE),
                            "-i",
                            "16384",
                            "-m",
                            "0",
                            "-G",
                            "256",
                            "-J",
                            size < LARGE ? "size=4" : "size=16",
                            "-O",
                            FEATURES,
                            "-E",
                            LAYOUT,
                            scratch.toString()));
            var template = new Ext4Template(size, read(scratch));
            Files.delete(scratch);
            template.write(scratch);
            e2fsck.runOrFail(List.of("-f", "-n", scratch.toString()));
            return template;
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    /** Makes a disk; complete and on disk on return. */
    void write(Path disk) throws IOException {
        create(disk, size);
        try (var channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            for (Piece piece : pieces) {
                var bytes = ByteBuffer.wrap(piece.bytes());
                while (bytes.hasRemaining()) {
                    channel.write(bytes, piece.offset() + bytes.position());
                }
            }
            channel.force(true);
        }
    }

    private static void create(Path disk, long size) throws IOException {
        Files.createFile(
                disk,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    /**
     * Reads what mke2fs has written, without reading gigabytes of nothing: the blocks in use lie at
     * the beginning, and of the inode tables only the first block has inodes. Offsets are those of
     * Linux, Documentation/filesystems/ext4, "Super Block" and "Block Group Descriptors".
     */
    private static List<Piece> read(Path disk) throws IOException {
        try (var channel = FileChannel.open(disk, StandardOpenOption.READ)) {
            var superblock = block(channel, 0);
            long blocks = superblock.getInt(1024 + 4) & 0xffffffffL;
            long free = superblock.getInt(1024 + 12) & 0xffffffffL;
            long blocksPerGroup = superblock.getInt(1024 + 32);
            long inodesPerGroup = superblock.getInt(1024 + 40);
            long groups = (blocks + blocksPerGroup - 1) / blocksPerGroup;
            long tables = block(channel, 1).getInt(8) & 0xffffffffL;
            long tablesEnd = tables + groups * inodesPerGroup * INODE_SIZE / BLOCK;
            var pieces = new ArrayList<Piece>();
            collect(channel, 0, tables + 1, pieces);
            collect(channel, tablesEnd, blocks - free, pieces);
            return pieces;
        }
    }

    private static void collect(FileChannel channel, long from, long to, List<Piece> pieces)
            throws IOException {
        for (long number = from; number < to; number++) {
            byte[] bytes = block(channel, number).array();
            for (byte b : bytes) {
                if (b != 0) {
                    pieces.add(new Piece(number * BLOCK, bytes));
                    break;
                }
            }
        }
    }

    private static ByteBuffer block(FileChannel channel, long number) throws IOException {
        var block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        while (block.hasRemaining()) {
            if (channel.read(block, number * BLOCK + block.position()) < 0) {
                throw new DriverFailure("mke2fs has made a file system smaller than its disk");
            }
        }
        return block;
    }
}
