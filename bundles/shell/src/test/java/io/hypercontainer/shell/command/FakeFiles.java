// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.runtime.ContainerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of this host for a container's files, packed and unpacked by GNU tar. */
final class FakeFiles implements ContainerFiles {
    private final Path root;

    final List<Change> changes = new ArrayList<>();
    final List<String> writes = new ArrayList<>();
    boolean closed;

    /** What it sends instead of what there is. */
    byte @Nullable [] archive;

    FakeFiles(Path root) {
        this.root = root;
    }

    private Path at(String path) {
        return root.resolve(path.isEmpty() ? "" : path.substring(1));
    }

    @Override
    public PathStat stat(String path) {
        try {
            LinkOption[] options =
                    path.endsWith("/.")
                            ? new LinkOption[0]
                            : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
            BasicFileAttributes found =
                    Files.readAttributes(at(path), BasicFileAttributes.class, options);
            return new PathStat(
                    path.substring(path.lastIndexOf('/') + 1),
                    found.size(),
                    mode(at(path), options),
                    found.lastModifiedTime().toInstant(),
                    found.isSymbolicLink() ? Files.readSymbolicLink(at(path)).toString() : "");
        } catch (IOException e) {
            throw new NotFound(path + " is not there");
        }
    }

    private static int mode(Path file, LinkOption... options) throws IOException {
        return Objects.requireNonNull((Integer) Files.getAttribute(file, "unix:mode", options));
    }

    @Override
    public void readArchive(String path, OutputStream sink) {
        stat(path);
        Path file = at(path.replaceFirst("/\\.?$", "")).toAbsolutePath();
        try {
            if (archive != null) {
                sink.write(archive);
                return;
            }
            Process tar = path.endsWith("/.") ? content(file) : named(file, path.endsWith("/"));
            tar.getInputStream().transferTo(sink);
            finish(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process named(Path file, boolean follow) throws IOException {
        String folder = Objects.requireNonNull(file.getParent()).toString();
        String name = file.getFileName().toString();
        return follow
                ? tar("-C", folder, "-cf", "-", "-h", "--", name)
                : tar("-C", folder, "-cf", "-", "--", name);
    }

    private static Process content(Path folder) throws IOException {
        List<String> words = new ArrayList<>(List.of("-C", folder.toString(), "-cf", "-", "--"));
        try (Stream<Path> children = Files.list(folder)) {
            children.forEach(child -> words.add(child.getFileName().toString()));
        }
        return tar(words.toArray(String[]::new));
    }

    @Override
    public void writeArchive(String path, InputStream in, boolean owners) {
        writes.add(path + " " + owners);
        if (!Files.isDirectory(at(path))) {
            throw new NotFound("could not find the folder " + path);
        }
        try {
            Process tar = tar("-C", at(path).toString(), "-xpf", "-", "--no-same-owner");
            try (OutputStream out = tar.getOutputStream()) {
                in.transferTo(out);
            }
            finish(tar);
        } catch (IOException e) {
            throw new InvalidSpec("the archive could not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void readChanges(boolean halted, OutputStream sink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void readRoot(OutputStream sink) {
        readArchive("/.", sink);
    }

    @Override
    public List<Change> changes() {
        return changes;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Makes an archive of all that is in a folder, to be sent in the place of another. */
    static byte[] pack(Path folder) throws IOException {
        Process tar = tar("-C", folder.toString(), "-cf", "-", ".");
        byte[] bytes = tar.getInputStream().readAllBytes();
        finish(tar);
        return bytes;
    }

    private static Process tar(String... words) throws IOException {
        String[] all = new String[words.length + 1];
        all[0] = "tar";
        System.arraycopy(words, 0, all, 1, words.length);
        return new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void finish(Process tar) throws IOException {
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar failed with " + tar.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
