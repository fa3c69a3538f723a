// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.dm.ext4.Directory;
import io.hypercontainer.storage.dm.ext4.Ext4;
import io.hypercontainer.storage.dm.ext4.FileKind;
import io.hypercontainer.storage.dm.ext4.Metadata;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.LayerPath;
import io.hypercontainer.storage.layer.TarEntry;
import io.hypercontainer.storage.layer.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies a layer's archive to the file system of the layers below it, as Docker would unpack it.
 * No path of the archive is ever a path of the host, and no link in it is followed. Whiteouts are
 * those of OCI's image-spec, layer.md: they hide what lower layers have, not what this one has.
 */
final class LayerApplier {
    /** Large real layers have 300,000. */
    private static final int MAX_ENTRIES = 500_000;

    private static final String WHITEOUT = ".wh.";
    private static final String AUFS = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    private final Ext4 files;
    private final Directory root;
    private int entries;

    /**
     * @param root directory of the file system that is the container's root
     */
    LayerApplier(Ext4 files, Directory root) {
        this.files = files;
        this.root = root;
    }

    /**
     * Reads the stream to its end.
     *
     * @throws InvalidSpec if the archive is at fault
     * @throws IOException if reading the stream or writing the file system failed
     */
    void apply(InputStream tar) throws IOException {
        var reader = new TarReader(tar);
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            if (++entries > MAX_ENTRIES) {
                throw new InvalidSpec("layer: it has more than " + MAX_ENTRIES + " files");
            }
            apply(entry, reader);
        }
        reader.drain();
    }

    private void apply(TarEntry entry, TarReader reader) throws IOException {
        LayerPath path = LayerPath.parse(entry.path());
        if (path.names().stream().anyMatch(n -> n.startsWith(AUFS) && !n.equals(OPAQUE))) {
            return;
        }
        if (!path.isRoot() && path.name().startsWith(WHITEOUT)) {
            hide(path);
        } else if (entry.type() == TarEntry.Type.DIRECTORY) {
            makeDirectory(path, metadata(entry));
        } else if (path.isRoot()) {
            throw new InvalidSpec("layer: its root is not a directory");
        } else {
            makeFile(path, entry, reader);
        }
    }

    private static Metadata metadata(TarEntry entry) {
        return new Metadata(
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.mtimeSeconds(),
                entry.mtimeNanos(),
                entry.xattrs());
    }

    private void makeDirectory(LayerPath path, Metadata metadata) throws IOException {
        if (path.isRoot()) {
            files.describe(root, metadata);
            return;
        }
        Directory parent = parentOf(path);
        Directory.Entry present = parent.find(path.name());
        if (present != null && present.kind() == FileKind.DIRECTORY) {
            files.describe(files.directory(present), metadata);
            present.touch();
            return;
        }
        if (present != null) {
            files.remove(parent, path.name());
        }
        files.makeDirectory(parent, path.name(), metadata);
    }

    private void makeFile(LayerPath path, TarEntry entry, TarReader reader) throws IOException {
        Directory parent = parentOf(path);
        String name = path.name();
        Directory.Entry target =
                entry.type() == TarEntry.Type.HARD_LINK ? linked(path, entry) : null;
        Directory.Entry present = parent.find(name);
        if (present != null && present.equals(target)) {
            return;
        }
        if (present != null) {
            files.remove(parent, name);
        }
        Metadata metadata = metadata(entry);
        switch (entry.type()) {
            case FILE -> files.makeFile(parent, name, metadata, entry.size(), reader::read);
            case HARD_LINK -> files.link(parent, name, java.util.Objects.requireNonNull(target));
            case SYMLINK -> files.makeSymlink(parent, name, metadata, entry.linkTarget());
            case CHAR_DEVICE -> special(parent, name, entry, FileKind.CHAR_DEVICE);
            case BLOCK_DEVICE -> special(parent, name, entry, FileKind.BLOCK_DEVICE);
            case FIFO -> special(parent, name, entry, FileKind.FIFO);
            case DIRECTORY -> throw new IllegalStateException("a directory is no file");
        }
    }

    private void special(Directory parent, String name, TarEntry entry, FileKind kind)
            throws IOException {
        files.makeSpecial(
                parent, name, metadata(entry), kind, entry.deviceMajor(), entry.deviceMinor());
    }

    private Directory.Entry linked(LayerPath path, TarEntry entry) throws IOException {
        LayerPath target = LayerPath.parse(entry.linkTarget());
        if (target.names().size() > path.names().size()
                && target.names().subList(0, path.names().size()).equals(path.names())) {
            throw new InvalidSpec("layer: " + show(path) + " is a hard link to what is in it");
        }
        Directory.Entry found = target.isRoot() ? null : find(target);
        if (found == null || found.kind() == FileKind.DIRECTORY) {
            throw new InvalidSpec(
                    "layer: "
                            + show(path)
                            + " is a hard link to "
                            + show(target)
                            + ", which is "
                            + (target.isRoot() || found != null ? "a directory" : "not there"));
        }
        return found;
    }

    private Directory.@Nullable Entry find(LayerPath path) throws IOException {
        Directory directory = root;
        for (String name : path.parents()) {
            Directory.Entry next = directory.find(name);
            if (next == null || next.kind() != FileKind.DIRECTORY) {
                return null;
            }
            directory = files.directory(next);
        }
        return directory.find(path.name());
    }

    /** Parents that the archive does not list are made, as tar and Docker do. */
    private Directory parentOf(LayerPath path) throws IOException {
        Directory directory = root;
        for (String name : path.parents()) {
            if (name.startsWith(WHITEOUT)) {
                throw new InvalidSpec("layer: " + show(path) + " lies below a whiteout");
            }
            Directory.Entry next = directory.find(name);
            if (next != null && next.kind() == FileKind.DIRECTORY) {
                next.touch();
                directory = files.directory(next);
                continue;
            }
            if (next != null && next.isRecent()) {
                throw new InvalidSpec(
                        "layer: "
                                + show(path)
                                + " lies below "
                                + Bytes.show(name)
                                + ", which this layer made something else than a directory");
            }
            if (next != null) {
                files.remove(directory, name);
            }
            directory = files.makeDirectory(directory, name, Metadata.PLAIN_DIRECTORY);
        }
        return directory;
    }

    private void hide(LayerPath path) throws IOException {
        if (path.name().equals(OPAQUE)) {
            hideBelow(parentOf(path));
            return;
        }
        String hidden = path.name().substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new InvalidSpec("layer: whiteout " + show(path) + " names no file");
        }
        Directory parent = parentOf(path);
        Directory.Entry present = parent.find(hidden);
        if (present == null) {
            return;
        }
        if (!present.isRecent()) {
            files.remove(parent, hidden);
        } else if (present.kind() == FileKind.DIRECTORY) {
            hideBelow(files.directory(present));
        }
    }

    /** Removes what lower layers have in a directory. */
    private void hideBelow(Directory top) throws IOException {
        var left = new java.util.ArrayDeque<>(List.of(top));
        while (!left.isEmpty()) {
            Directory directory = left.removeLast();
            for (String name : directory.names()) {
                Directory.Entry entry = java.util.Objects.requireNonNull(directory.find(name));
                if (!entry.isRecent()) {
                    files.remove(directory, name);
                } else if (entry.kind() == FileKind.DIRECTORY) {
                    left.add(files.directory(entry));
                }
            }
        }
    }

    private static String show(LayerPath path) {
        return Bytes.show(String.join("/", path.names()));
    }
}
