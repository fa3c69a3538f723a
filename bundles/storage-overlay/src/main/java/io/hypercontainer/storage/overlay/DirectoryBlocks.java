// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.overlay.Inode.Directory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A directory's contents: blocks of {@code struct erofs_dirent} followed by the names they point
 * at, names sorted over the whole directory so that the kernel can search by halves ("." and ".."
 * take their places among them). See Linux, Documentation/filesystems/erofs.rst, "Directories".
 */
final class DirectoryBlocks {
    private static final int DIRENT_SIZE = 12;

    private final Directory directory;
    private final List<List<String>> blocks = new ArrayList<>();
    private final long size;

    DirectoryBlocks(Directory directory) {
        this.directory = directory;
        var names = new TreeSet<>(directory.children().keySet());
        names.add(".");
        names.add("..");
        List<String> block = new ArrayList<>();
        int used = 0;
        for (String name : names) {
            int needed = DIRENT_SIZE + name.length();
            if (used + needed > ErofsFormat.BLOCK_SIZE) {
                blocks.add(block);
                block = new ArrayList<>();
                used = 0;
            }
            block.add(name);
            used += needed;
        }
        blocks.add(block);
        size = (long) (blocks.size() - 1) * ErofsFormat.BLOCK_SIZE + used;
    }

    /** Bytes: whole blocks but for the last, which counts as far as it is used. */
    long size() {
        return size;
    }

    int count() {
        return blocks.size();
    }

    /** A block's bytes, zeros behind the last name. */
    byte[] encode(int index, long self, long parent) {
        List<String> names = blocks.get(index);
        var block = ByteBuffer.allocate(ErofsFormat.BLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        int nameAt = names.size() * DIRENT_SIZE;
        for (String name : names) {
            Inode child = directory.child(name);
            FileType type = child == null ? FileType.DIRECTORY : FileType.of(child.content());
            long number = child != null ? child.number() : name.equals(".") ? self : parent;
            block.putLong(number).putShort((short) nameAt).put((byte) type.direntType());
            block.put((byte) 0);
            byte[] bytes = Bytes.toArray(name);
            block.put(nameAt, bytes);
            nameAt += bytes.length;
        }
        return block.array();
    }
}
