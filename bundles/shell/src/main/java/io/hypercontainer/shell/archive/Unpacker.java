// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.shell.format.Visible;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Unpacks an archive that nobody trusts into a folder of a client. Names that would lead out of the
 * folder are refused here, links that would are never followed there. Owners, devices, and bits
 * that give a program its owner's rights are not taken over.
 */
public final class Unpacker {
    private static final int LONGEST_NAME = 4095;
    private static final int PERMISSIONS = 0777;
    private static final int WRITABLE = 0700;

    private final Folder folder;
    private final Optional<String> rename;
    private final Consumer<String> skipped;
    private final byte[] buffer = new byte[1 << 16];
    private final Deque<Open> open = new ArrayDeque<>();

    /** A folder that is filled: it gets its permissions and time when that is done. */
    private record Open(String path, int mode, Instant modified) {}

    /**
     * @param folder where to
     * @param rename what stands for the first part of each name, raw; empty to leave names alone
     * @param skipped told the name of each entry that is a device or a pipe
     */
    public Unpacker(Folder folder, Optional<String> rename, Consumer<String> skipped) {
        this.folder = folder;
        this.rename = rename;
        this.skipped = skipped;
    }

    /**
     * Unpacks an archive to its end.
     *
     * @param archive the archive
     * @throws IOException if it cannot be read, or a file cannot be written
     * @throws InvalidSpec if it is damaged, or would write to another place than the folder
     */
    public void unpack(InputStream archive) throws IOException {
        TarReader tar = new TarReader(archive);
        for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
            TarEntry entry = next.get();
            String path = path(entry.name());
            if (!path.isEmpty()) {
                leave(path);
                add(tar, entry, path);
            }
        }
        leave("");
        archive.transferTo(OutputStream.nullOutputStream());
    }

    private void add(TarReader tar, TarEntry entry, String path) throws IOException {
        try {
            switch (entry.kind()) {
                case FOLDER -> enter(entry, path);
                case FILE -> {
                    OutputStream out = folder.write(path, mode(entry), entry.modified());
                    for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
                        out.write(buffer, 0, n);
                    }
                    out.close();
                }
                case SYMBOLIC_LINK -> {
                    if (entry.link().isEmpty()
                            || entry.link().length() > LONGEST_NAME
                            || entry.link().indexOf('\0') >= 0) {
                        throw hostile(entry.link());
                    }
                    folder.makeLink(path, entry.link());
                }
                case HARD_LINK -> copy(path(entry.link()), path);
                case OTHER -> skipped.accept(RawText.text(path));
            }
        } catch (IOException e) {
            throw explain(entry, path, e);
        }
    }

    private static int mode(TarEntry entry) {
        return entry.mode() & PERMISSIONS;
    }

    private void enter(TarEntry entry, String path) throws IOException {
        folder.makeFolder(path, mode(entry) | WRITABLE, entry.modified());
        open.push(new Open(path, mode(entry), entry.modified()));
    }

    /** Archives come folder by folder. In one that does not, folders get their times too early. */
    private void leave(String next) throws IOException {
        while (!open.isEmpty() && !next.startsWith(open.peek().path() + "/")) {
            Open done = open.pop();
            folder.makeFolder(done.path(), done.mode(), done.modified());
        }
    }

    /** A second name of a file becomes a second file: a link might be to what was there before. */
    private void copy(String from, String to) throws IOException {
        if (from.equals(to)) {
            return;
        }
        FileStatus status =
                folder.look(from)
                        .filter(FileStatus::isFile)
                        .orElseThrow(() -> new IOException("it is a link to '" + from + "'"));
        try (InputStream in = folder.read(from)) {
            OutputStream out = folder.write(to, status.mode() & PERMISSIONS, status.modified());
            in.transferTo(out);
            out.close();
        }
    }

    /** For a name that is taken, says what docker says. */
    private IOException explain(TarEntry entry, String path, IOException problem)
            throws IOException {
        boolean taken =
                problem.getCause() instanceof FileError error
                        && (error.number() == FileError.IS_A_FOLDER
                                || error.number() == FileError.NOT_A_FOLDER
                                || error.number() == FileError.EXISTS);
        Optional<FileStatus> there = taken ? folder.look(path) : Optional.empty();
        boolean wantsFolder = entry.kind() == TarEntry.Kind.FOLDER;
        if (there.isEmpty() || there.get().isFolder() == wantsFolder) {
            return problem;
        }
        return new IOException(
                "cannot overwrite %s '%s' with %s '%s'"
                        .formatted(
                                wantsFolder ? "non-directory" : "directory",
                                RawText.text(path),
                                wantsFolder ? "directory" : "non-directory",
                                RawText.text(entry.name())),
                problem);
    }

    /** {@return where an entry goes, without detours; empty for the folder itself} */
    private String path(String name) {
        String[] given = name.split("/");
        if (Arrays.asList(given).contains("..")) {
            throw hostile(name);
        }
        if (rename.isPresent() && given.length > 0) {
            given[0] = rename.get();
        }
        String path =
                Arrays.stream(given)
                        .filter(part -> !part.isEmpty() && !part.equals("."))
                        .collect(Collectors.joining("/"));
        if (name.startsWith("/") || path.length() > LONGEST_NAME || path.indexOf('\0') >= 0) {
            throw hostile(name);
        }
        return path;
    }

    private static InvalidSpec hostile(String name) {
        String text = RawText.text(name.length() > 200 ? name.substring(0, 200) + "…" : name);
        return new InvalidSpec(
                "the container's archive has an entry named '"
                        + Visible.of(text)
                        + "': it is not unpacked, because nothing outside of the destination may be"
                        + " written");
    }
}
