// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Makes an archive of a client's file or folder while it is sent. */
public final class Packer {
    private static final int MOST_WAITING_FOLDERS = 1_000_000;

    private final LocalFiles files;
    private final TarWriter tar;
    private final Consumer<String> skipped;
    private final byte[] buffer = new byte[1 << 16];

    /** A file, opened when its content is needed. */
    private interface Source {
        InputStream open() throws IOException;
    }

    /**
     * @param files the client's files
     * @param out receives the archive
     * @param skipped told the path of each file that is neither file, folder nor link
     */
    public Packer(LocalFiles files, OutputStream out, Consumer<String> skipped) {
        this.files = files;
        this.tar = new TarWriter(out);
        this.skipped = skipped;
    }

    /**
     * Packs one file or folder, with all that is in it.
     *
     * @param path its path, raw
     * @param follow whether it is followed if it is a link; links in a folder never are
     * @param name what it is called in the archive, raw; empty for the content of a folder alone
     * @throws IOException if a file cannot be read, or the archive cannot be written
     */
    public void pack(String path, boolean follow, String name) throws IOException {
        FileStatus status =
                files.look(path, follow)
                        .orElseThrow(() ->
                                new IOException(
                                        RawText.text(path) + ": No such file or directory"));
        if (status.isFolder()) {
            try (Folder folder = files.open(path)) {
                if (!name.isEmpty()) {
                    begin(name + "/", status);
                }
                folders(folder, name);
            }
        } else if (!add(name, status, () -> files.read(path))) {
            throw new InvalidSpec(
                    "cannot copy " + RawText.text(path) + ": it is no file, folder or link");
        }
        tar.finish();
    }

    /** Files at once, folders later: what waits are folders alone, however large they are. */
    private void folders(Folder folder, String name) throws IOException {
        Deque<String> waiting = new ArrayDeque<>();
        waiting.push("");
        while (!waiting.isEmpty()) {
            String path = waiting.pop();
            String entry = join(name, path);
            if (!path.isEmpty()) {
                FileStatus status = folder.look(path).orElse(null);
                if (status == null || !status.isFolder()) {
                    continue; // removed meanwhile
                }
                begin(entry + "/", status);
            }
            folder.names(
                    path.isEmpty() ? "." : path,
                    child -> {
                        String below = join(path, child);
                        FileStatus status = folder.look(below).orElse(null);
                        if (status == null) {
                            return; // removed meanwhile
                        }
                        if (status.isFolder()) {
                            wait(waiting, below);
                        } else if (!add(join(entry, child), status, () -> folder.read(below))) {
                            skipped.accept(RawText.text(below));
                        }
                    });
        }
    }

    private static void wait(Deque<String> waiting, String folder) {
        if (waiting.size() >= MOST_WAITING_FOLDERS) {
            throw new InvalidSpec(
                    "cannot copy a folder that holds more than "
                            + MOST_WAITING_FOLDERS
                            + " folders: copy them one by one");
        }
        waiting.push(folder);
    }

    private static String join(String folder, String name) {
        return folder.isEmpty() ? name : name.isEmpty() ? folder : folder + "/" + name;
    }

    private void begin(String name, FileStatus status) throws IOException {
        tar.begin(entry(name, TarEntry.Kind.FOLDER, status));
    }

    /** {@return false if it can be no entry of an archive} */
    private boolean add(String name, FileStatus status, Source source) throws IOException {
        if (status.isLink()) {
            tar.begin(entry(name, TarEntry.Kind.SYMBOLIC_LINK, status));
            return true;
        }
        if (!status.isFile()) {
            return false;
        }
        try (InputStream content = source.open()) {
            tar.begin(entry(name, TarEntry.Kind.FILE, status));
            copy(name, content, status.size());
        }
        return true;
    }

    private static TarEntry entry(String name, TarEntry.Kind kind, FileStatus status) {
        return new TarEntry(
                name,
                kind,
                status.mode() & 07777,
                Integer.toUnsignedLong(status.uid()),
                Integer.toUnsignedLong(status.gid()),
                status.modified(),
                status.size(),
                status.target());
    }

    /** The archive has promised a size: a file that grows meanwhile is cut off there. */
    private void copy(String name, InputStream content, long size) throws IOException {
        for (long left = size; left > 0; ) {
            int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new IOException(
                        RawText.text(name) + ": it became shorter while it was copied");
            }
            tar.content(buffer, n);
            left -= n;
        }
        tar.pad(size);
    }
}
