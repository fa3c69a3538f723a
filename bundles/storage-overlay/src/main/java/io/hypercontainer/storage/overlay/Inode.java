// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file of any kind in a layer. Several names may lead to one inode (hard links). */
final class Inode {
    private final Content content;
    private Attributes attributes;
    private long number = -1;
    private int links;

    Inode(Attributes attributes, Content content) {
        this.attributes = attributes;
        this.content = content;
    }

    Attributes attributes() {
        return attributes;
    }

    void setAttributes(Attributes attributes) {
        this.attributes = attributes;
    }

    Content content() {
        return content;
    }

    /** With the mark of an opaque directory, if it is one. */
    Xattrs xattrs() {
        return content instanceof Directory directory && directory.isOpaque()
                ? attributes.xattrs().opaque()
                : attributes.xattrs();
    }

    /** In the image; negative until it is placed there. */
    long number() {
        return number;
    }

    boolean isPlaced() {
        return number >= 0;
    }

    void place(long newNumber) {
        number = newNumber;
    }

    int links() {
        return links;
    }

    void addLink() {
        links++;
    }

    boolean isDirectory() {
        return content instanceof Directory;
    }

    boolean isWhiteout() {
        return content.equals(Special.WHITEOUT);
    }

    /** What an inode holds. */
    sealed interface Content {}

    /**
     * A regular file's bytes, already written: whole blocks in the image, the rest among the tails.
     *
     * @param firstBlock of the image; meaningless without whole blocks
     * @param tailOffset in the file of tails; meaningless without a tail
     * @param tailLength bytes at the end of the file that are not in blocks
     */
    record RegularFile(long size, long firstBlock, long tailOffset, int tailLength)
            implements Content {}

    /**
     * @param target as in the archive; nobody follows it here
     */
    record Symlink(String target) implements Content {}

    /** A device, a fifo, or a whiteout. */
    record Special(FileType type, int major, int minor) implements Content {
        /** overlayfs: "a whiteout is created as a character device with 0/0 device number". */
        static final Special WHITEOUT = new Special(FileType.CHAR_DEVICE, 0, 0);
    }

    /** Names and where they lead, in the order of unsigned bytes. */
    static final class Directory implements Content {
        private final SortedMap<String, Inode> children = new TreeMap<>();
        private boolean opaque;

        SortedMap<String, Inode> children() {
            return children;
        }

        @Nullable Inode child(String name) {
            return children.get(name);
        }

        boolean isOpaque() {
            return opaque;
        }

        void setOpaque() {
            opaque = true;
        }
    }
}
