// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.LayerPath;
import io.hypercontainer.storage.layer.MemoryBudget;
import io.hypercontainer.storage.overlay.Inode.Content;
import io.hypercontainer.storage.overlay.Inode.Directory;
import io.hypercontainer.storage.overlay.Inode.Special;
import io.hypercontainer.storage.overlay.Inode.Symlink;
import org.jspecify.annotations.Nullable;

/**
 * The files of one layer, built entry by entry as Docker would unpack them, without touching a file
 * system. OCI's whiteouts (image-spec, layer.md, "Whiteouts") become those of overlayfs.
 */
final class LayerTree {
    /** Directory entries, made-up parents included. Large real layers have 300,000. */
    static final int MAX_ENTRIES = 500_000;

    /** Heap that an entry takes besides its name: 300,000 fit in 96 MiB. */
    private static final int ENTRY_BYTES = 300;

    /** Names and link targets; Debian's root has 100 bytes an entry, this allows as much each. */
    static final long MAX_NAME_BYTES = 64L << 20;

    /** Attributes of all inodes together; real layers have some kilobytes. */
    static final long MAX_XATTR_BYTES = 16L << 20;

    private static final String WHITEOUT = ".wh.";
    private static final String AUFS = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    private final Inode root = new Inode(Attributes.MISSING_PARENT, new Directory());
    private final MemoryBudget.Share memory;
    private int entries = 1;
    private long nameBytes;
    private long xattrBytes;

    LayerTree(MemoryBudget.Share memory) {
        this.memory = memory;
    }

    Inode root() {
        return root;
    }

    /** What the tree does with an entry of this path, to know before its data is read. */
    static boolean isIgnored(LayerPath path) {
        return path.names().stream().anyMatch(n -> n.startsWith(AUFS) && !n.equals(OPAQUE));
    }

    static boolean isWhiteout(LayerPath path) {
        return !path.isRoot() && path.name().startsWith(WHITEOUT);
    }

    void addDirectory(LayerPath path, Attributes attributes) {
        count(attributes);
        if (path.isRoot()) {
            root.setAttributes(attributes);
            return;
        }
        Directory parent = parentOf(path);
        Inode present = parent.child(path.name());
        if (present != null && present.isDirectory()) {
            present.setAttributes(attributes);
        } else {
            put(parent, path.name(), newDirectory(attributes, present != null));
        }
    }

    void addFile(LayerPath path, Attributes attributes, Content content) {
        if (path.isRoot()) {
            throw new InvalidSpec("layer: its root is not a directory");
        }
        count(attributes);
        if (content instanceof Symlink link) {
            countName(link.target());
        }
        put(parentOf(path), path.name(), new Inode(attributes, content));
    }

    void addHardLink(LayerPath path, LayerPath target) {
        if (path.isRoot()) {
            throw new InvalidSpec("layer: its root is not a directory");
        }
        Inode inode = find(target);
        if (inode == null || inode.isWhiteout() || inode.isDirectory()) {
            throw new InvalidSpec(
                    "layer: "
                            + show(path)
                            + " is a hard link to "
                            + show(target)
                            + ", which is "
                            + (inode != null && inode.isDirectory()
                                    ? "a directory"
                                    : "not in this layer before it"));
        }
        put(parentOf(path), path.name(), inode);
    }

    /** Hides what lower layers have; what this layer has itself stays, whichever came first. */
    void addWhiteout(LayerPath path) {
        Directory parent = parentOf(path);
        if (path.name().equals(OPAQUE)) {
            parent.setOpaque();
            return;
        }
        String hidden = path.name().substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new InvalidSpec("layer: whiteout " + show(path) + " names no file");
        }
        switch (parent.child(hidden)) {
            case null -> put(parent, hidden, new Inode(Attributes.WHITEOUT, Special.WHITEOUT));
            case Inode present when present.content() instanceof Directory d -> d.setOpaque();
            case Inode present -> {}
        }
    }

    /** Parents that the archive does not list are made, as tar and Docker do. */
    private Directory parentOf(LayerPath path) {
        Directory directory = (Directory) root.content();
        for (String name : path.parents()) {
            if (name.startsWith(WHITEOUT)) {
                throw new InvalidSpec("layer: " + show(path) + " lies below a whiteout");
            }
            Inode next = directory.child(name);
            if (next == null || next.isWhiteout()) {
                next = newDirectory(Attributes.MISSING_PARENT, next != null);
                put(directory, name, next);
            }
            if (!(next.content() instanceof Directory child)) {
                throw new InvalidSpec(
                        "layer: "
                                + show(path)
                                + " lies below "
                                + Bytes.show(name)
                                + ", which this layer made something else than a directory");
            }
            directory = child;
        }
        return directory;
    }

    private @Nullable Inode find(LayerPath path) {
        Inode inode = root;
        for (String name : path.names()) {
            if (inode == null || !(inode.content() instanceof Directory directory)) {
                return null;
            }
            inode = directory.child(name);
        }
        return inode;
    }

    /**
     * A directory that takes the place of something else must not let lower layers shine through.
     */
    private static Inode newDirectory(Attributes attributes, boolean replaces) {
        var directory = new Directory();
        if (replaces) {
            directory.setOpaque();
        }
        return new Inode(attributes, directory);
    }

    private void put(Directory parent, String name, Inode inode) {
        entries++;
        memory.take(ENTRY_BYTES);
        countName(name);
        if (entries > MAX_ENTRIES) {
            throw new InvalidSpec("layer: it has more than " + MAX_ENTRIES + " files");
        }
        parent.children().put(name, inode);
    }

    private void countName(String name) {
        nameBytes += name.length();
        memory.take(name.length());
        if (nameBytes > MAX_NAME_BYTES) {
            throw new InvalidSpec("layer: its names add up to more than 64 MiB");
        }
    }

    private void count(Attributes attributes) {
        xattrBytes += attributes.xattrs().size();
        memory.take(attributes.xattrs().size());
        if (xattrBytes > MAX_XATTR_BYTES) {
            throw new InvalidSpec("layer: its extended attributes exceed 16 MiB");
        }
    }

    private static String show(LayerPath path) {
        return Bytes.show(String.join("/", path.names()));
    }
}
