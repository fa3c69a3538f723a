// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.PathStat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A folder of this host for a container's files, packed and unpacked by GNU tar. */
final class FakeFiles {
    private final Path root;

    /** What it sends instead of what there is. */
    byte @Nullable [] archive;

    FakeFiles(Path root) {
        this.root = root;
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    PathStat stat(String path) {
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

    void read(String path, OutputStream sink) {
        stat(path);
        boolean content = path.endsWith("/.");
        Path file = at(content ? path.substring(0, path.length() - 2) : path);
        try {
            if (archive != null) {
                sink.write(archive);
                return;
            }
            Path folder = content ? file : Objects.requireNonNull(file.getParent());
            String name = content ? "." : file.getFileName().toString();
            Process tar = tar("-C", folder.toString(), "-cf", "-", "--", name);
            tar.getInputStream().transferTo(sink);
            finish(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String path, InputStream in) {
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

    /** Makes an archive of all that is in a folder, to be sent in the place of another. */
    static byte[] pack(Path folder) throws IOException {
        Process tar = tar("-C", folder.toString(), "-cf", "-", ".");
        byte[] bytes = tar.getInputStream().readAllBytes();
        finish(tar);
        return bytes;
    }

    static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
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
