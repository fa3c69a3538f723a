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

    /**
     * Each group has its metadata itself and the journal is in the first: what is cut off at the
     * end is empty. A new thin device is zero: nobody needs to write empty inode tables.
     */
    private static final String LAYOUT =
            "assume_storage_prezeroed=1,num_backup_sb=0,nodiscard,root_owner=0:0";

    private static final String JOURNAL = "size=8,location=1";

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
     */
    static void make(Path disk) throws IOException {
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
                                "-J",
                                JOURNAL,
                                "-O",
                                Ext4.features(),
                                "-E",
                                LAYOUT,
                                disk.toString()));
    }

    /**
     * What is written to make a file system larger by this: resize2fs writes the inode tables, for
     * each 16 KiB one of 256 bytes, and moves what is in the way of more descriptors of groups.
     */
    static long resizing(long moreBytes) {
        return 8 * MIB + Math.max(0, moreBytes) / 56;
    }

    /**
     * Gives a file system that was never mounted another size.
     *
     * @throws IOException if what it holds does not fit
     */
    static void resize(Path disk, long sizeBytes) throws IOException {
        Tool.require("resize2fs", "e2fsprogs")
                .runOrFail(List.of("-f", disk.toString(), sizeBytes / 1024 + "K"));
    }
}
