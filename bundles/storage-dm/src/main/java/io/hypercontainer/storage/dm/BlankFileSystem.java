// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.dm.ext4.Ext4;
import io.hypercontainer.storage.host.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Empty ext4 file systems, and file systems of another size. */
final class BlankFileSystem {
    static final long MIB = 1 << 20;
    static final long MIN_SIZE = 32 * MIB;

    /** Of 4096-byte blocks with 32-bit numbers. */
    static final long MAX_SIZE = (16L << 40) - MIB;

    private static final long LARGE = 1L << 30;

    /**
     * All metadata at the disk's beginning and no spare superblocks, so that few blocks of the pool
     * are taken. A new thin device is zero: nobody needs to write empty inode tables.
     */
    private static final String LAYOUT =
            "assume_storage_prezeroed=1,packed_meta_blocks=1,num_backup_sb=0,nodiscard,"
                    + "root_owner=0:0";

    private BlankFileSystem() {}

    /** {@return the size of a disk for so many bytes: the next MiB} */
    static long roundedUp(long sizeBytes) {
        if (sizeBytes < MIN_SIZE || sizeBytes > MAX_SIZE) {
            throw new InvalidSpec(
                    "a disk of " + sizeBytes + " bytes can't be made: choose 32 MiB to 16 TiB");
        }
        return (sizeBytes + MIB - 1) / MIB * MIB;
    }

    /**
     * Makes one.
     *
     * @param disk zero all over
     * @param sizeBytes of the disk
     */
    static void make(Path disk, long sizeBytes) throws IOException {
        Tool.require("mke2fs", "e2fsprogs")
                .runOrFail(
                        List.of(
                                "-q",
                                "-F",
                                "-t",
                                "ext4",
                                "-b",
                                "4096",
                                "-I",
                                "256",
                                "-i",
                                "16384",
                                "-m",
                                "0",
                                "-G",
                                "256",
                                "-J",
                                sizeBytes < LARGE ? "size=4" : "size=16",
                                "-O",
                                Ext4.features(),
                                "-E",
                                LAYOUT,
                                disk.toString()));
    }

    /**
     * Gives a file system that was never mounted another size.
     *
     * @param disk at least as large as both
     * @throws IOException if what it holds does not fit
     */
    static void resize(Path disk, long sizeBytes) throws IOException {
        Tool.require("resize2fs", "e2fsprogs")
                .runOrFail(List.of("-f", disk.toString(), sizeBytes / 1024 + "K"));
    }
}
