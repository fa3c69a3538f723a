// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.overlay.Inode.Directory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of inodes and their numbers: breadth first, so that the files of a directory lie
 * together and the root's number fits its 16 bits.
 */
final class ErofsLayout {
    /**
     * Number 0 means "no inode" to programs that list directories, so the first slots stay free.
     */
    private static final long FIRST = 2L * ErofsFormat.INODE_SLOT;

    /**
     * An inode in its place.
     *
     * @param parent number of the directory's parent; meaningless for anything but a directory
     */
    record Placed(Inode inode, long parent) {
        long offset() {
            return inode.number() * ErofsFormat.INODE_SLOT;
        }
    }

    private final List<Placed> order = new ArrayList<>();
    private long end = FIRST;

    ErofsLayout(Inode root) {
        var directories = new ArrayDeque<Inode>();
        place(root);
        root.addLink();
        root.addLink();
        order.add(new Placed(root, root.number()));
        directories.add(root);
        while (!directories.isEmpty()) {
            Inode parent = directories.remove();
            for (Inode child : ((Directory) parent.content()).children().values()) {
                child.addLink();
                if (child.isPlaced()) {
                    continue;
                }
                place(child);
                order.add(new Placed(child, parent.number()));
                if (child.isDirectory()) {
                    child.addLink();
                    parent.addLink();
                    directories.add(child);
                }
            }
        }
    }

    List<Placed> inodes() {
        return order;
    }

    private void place(Inode inode) {
        InodeShape shape = InodeShape.of(inode);
        long start = shape.placeAfter(end);
        inode.place(start / ErofsFormat.INODE_SLOT);
        end = start + shape.headSize() + shape.tail();
    }
}
