// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.LayerPath;
import io.hypercontainer.storage.layer.MemoryBudget;
import io.hypercontainer.storage.layer.TarEntry;
import io.hypercontainer.storage.layer.TarReader;
import io.hypercontainer.storage.overlay.Inode.Special;
import io.hypercontainer.storage.overlay.Inode.Symlink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Turns a layer's tar into an EROFS image. Nothing is unpacked: no path of the archive is ever used
 * as a path of the host.
 */
final class LayerConverter {
    private final MemoryBudget memory;

    LayerConverter(MemoryBudget memory) {
        this.memory = memory;
    }

    /**
     * Reads the stream to its end. The same archive gives the same image, byte for byte. When it
     * fails, part of the image may be left for the caller to delete.
     *
     * @param tar uncompressed
     * @param image to be created; complete and durable on return
     * @param uuid the file system's; overlayfs tells its layers apart by it
     * @throws InvalidSpec if the archive is at fault
     * @throws io.hypercontainer.api.Unavailable if too much is converted at once
     * @throws IOException if reading the stream or writing the image failed
     */
    void convert(InputStream tar, Path image, UUID uuid) throws IOException {
        Path scratch = image.resolveSibling(image.getFileName() + ".tails");
        try (var share = memory.share();
                var writer = new ErofsWriter(image, scratch)) {
            var reader = new TarReader(tar);
            var tree = new LayerTree(share);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                add(entry, reader, tree, writer);
            }
            reader.drain();
            writer.finish(tree, uuid);
        }
    }

    private static void add(TarEntry entry, TarReader reader, LayerTree tree, ErofsWriter writer)
            throws IOException {
        LayerPath path = LayerPath.parse(entry.path());
        if (LayerTree.isIgnored(path)) {
            return;
        }
        if (LayerTree.isWhiteout(path)) {
            tree.addWhiteout(path);
            return;
        }
        switch (entry.type()) {
            case DIRECTORY -> tree.addDirectory(path, Attributes.of(entry));
            case HARD_LINK -> tree.addHardLink(path, LayerPath.parse(entry.linkTarget()));
            case FILE ->
                    tree.addFile(
                            path,
                            Attributes.of(entry),
                            writer.writeFile(entry.size(), reader::read));
            case SYMLINK -> tree.addFile(path, Attributes.of(entry), symlink(entry));
            case CHAR_DEVICE ->
                    tree.addFile(path, Attributes.of(entry), special(entry, FileType.CHAR_DEVICE));
            case BLOCK_DEVICE ->
                    tree.addFile(path, Attributes.of(entry), special(entry, FileType.BLOCK_DEVICE));
            case FIFO -> tree.addFile(path, Attributes.of(entry), special(entry, FileType.FIFO));
        }
    }

    private static Symlink symlink(TarEntry entry) {
        String target = entry.linkTarget();
        if (target.isEmpty() || target.length() > LayerPath.MAX_BYTES) {
            throw new InvalidSpec(
                    "layer: the symbolic link "
                            + Bytes.show(entry.path())
                            + " has a target of "
                            + target.length()
                            + " bytes; Linux allows 1 to "
                            + LayerPath.MAX_BYTES);
        }
        return new Symlink(target);
    }

    private static Special special(TarEntry entry, FileType type) {
        return new Special(type, entry.deviceMajor(), entry.deviceMinor());
    }
}
