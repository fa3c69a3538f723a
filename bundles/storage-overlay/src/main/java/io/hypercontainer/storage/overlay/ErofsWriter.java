// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.overlay.ErofsLayout.Placed;
import io.hypercontainer.storage.overlay.Inode.Directory;
import io.hypercontainer.storage.overlay.Inode.RegularFile;
import io.hypercontainer.storage.overlay.Inode.Special;
import io.hypercontainer.storage.overlay.Inode.Symlink;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Writes an EROFS image in one pass over the data: whole blocks of files go straight into the
 * image, their tails into a scratch file, and when the tree is complete directories and inodes
 * follow, each inode with its tail. Layout: superblock | file data | directories | inodes.
 */
final class ErofsWriter implements Closeable {
    /** Supplies a file's bytes; -1 at the end. */
    interface Source {
        int read(byte[] buffer, int offset, int length) throws IOException;
    }

    private static final int BLOCK = ErofsFormat.BLOCK_SIZE;

    private final SequentialFile image;
    private final SequentialFile tails;
    private final byte[] buffer = new byte[1 << 16];
    private final byte[] tail = new byte[InodeShape.MAX_TAIL];

    /**
     * @param image to be created
     * @param scratch created beside it and gone at the end
     */
    ErofsWriter(Path image, Path scratch) throws IOException {
        this.image = SequentialFile.create(image);
        try {
            this.tails = SequentialFile.createScratch(scratch);
        } catch (IOException e) {
            this.image.close();
            throw e;
        }
        this.image.padTo(BLOCK);
    }

    /** Takes in one file's data. */
    RegularFile writeFile(long size, Source source) throws IOException {
        int tailLength = InodeShape.tailOf(size);
        long first = image.position() / BLOCK;
        copy(source, size - tailLength, image);
        image.padTo(aligned(image.position()));
        long tailOffset = tails.position();
        copy(source, tailLength, tails);
        return new RegularFile(size, first, tailOffset, tailLength);
    }

    /** Completes the image and makes it durable. */
    void finish(LayerTree tree, UUID uuid) throws IOException {
        var layout = new ErofsLayout(tree.root());
        long lateBlock = image.position() / BLOCK;
        for (Placed placed : layout.inodes()) {
            writeLateBlocks(placed);
        }
        long metadata = image.position();
        for (Placed placed : layout.inodes()) {
            InodeShape shape = InodeShape.of(placed.inode());
            image.padTo(metadata + placed.offset());
            writeInode(placed, shape, lateBlock);
            lateBlock += shape.lateBlocks();
        }
        image.padTo(aligned(image.position()));
        image.finish(
                ErofsFormat.firstBlock(
                        uuid,
                        layout.inodes().size(),
                        image.position() / BLOCK,
                        metadata / BLOCK,
                        tree.root().number()));
    }

    private void writeLateBlocks(Placed placed) throws IOException {
        switch (placed.inode().content()) {
            case Directory directory -> {
                var blocks = new DirectoryBlocks(directory);
                long late = InodeShape.of(placed.inode()).lateBlocks();
                for (int i = 0; i < late; i++) {
                    image.write(blocks.encode(i, placed.inode().number(), placed.parent()));
                }
            }
            case Symlink link when InodeShape.of(placed.inode()).lateBlocks() > 0 -> {
                image.write(Bytes.toArray(link.target()));
                image.padTo(aligned(image.position()));
            }
            case Symlink link -> {}
            case RegularFile file -> {}
            case Special special -> {}
        }
    }

    private void writeInode(Placed placed, InodeShape shape, long lateBlock) throws IOException {
        Inode inode = placed.inode();
        long location =
                switch (inode.content()) {
                    case RegularFile file -> file.firstBlock();
                    case Directory directory -> lateBlock;
                    case Symlink link -> lateBlock;
                    case Special special -> ErofsFormat.device(special.major(), special.minor());
                };
        image.write(
                ErofsFormat.inode(
                        inode,
                        shape.xattrs(),
                        shape.tail() > 0,
                        shape.size(),
                        (int) location,
                        (int) inode.number(),
                        inode.links()));
        image.write(shape.xattrs().encoded());
        if (shape.tail() > 0) {
            image.write(tailOf(placed, shape), 0, shape.tail());
        }
    }

    private byte[] tailOf(Placed placed, InodeShape shape) throws IOException {
        return switch (placed.inode().content()) {
            case RegularFile file -> {
                tails.read(file.tailOffset(), tail, shape.tail());
                yield tail;
            }
            case Directory directory ->
                    new DirectoryBlocks(directory)
                            .encode(
                                    (int) shape.lateBlocks(),
                                    placed.inode().number(),
                                    placed.parent());
            case Symlink link -> Bytes.toArray(link.target());
            case Special special -> throw new IllegalStateException("a device has no data");
        };
    }

    private void copy(Source source, long length, SequentialFile target) throws IOException {
        long left = length;
        while (left > 0) {
            int n = source.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new IOException("a file's data ended early");
            }
            target.write(buffer, 0, n);
            left -= n;
        }
    }

    private static long aligned(long position) {
        return (position + BLOCK - 1) & -BLOCK;
    }

    @Override
    public void close() throws IOException {
        try {
            tails.close();
        } finally {
            image.close();
        }
    }
}
