// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Folders of the kit's. */
public final class Folders {
    private Folders() {}

    /** {@return a new state folder: short, for sockets, and machines' users may pass through} */
    static Path makeRoot() {
        try {
            return open(Files.createTempDirectory("tck"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path make(Path folder) {
        try {
            return open(Files.createDirectories(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path open(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /**
     * {@return the paths of all below a folder, relative to it; what vanishes meanwhile may lack}
     */
    public static Set<String> list(Path folder, Predicate<Path> counts) {
        var all = new TreeSet<String>();
        list(folder, folder, counts, all);
        return all;
    }

    private static void list(Path top, Path folder, Predicate<Path> counts, Set<String> all) {
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.filter(counts).toList()) {
                all.add(top.relativize(file).toString());
                if (Files.isDirectory(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    list(top, file, counts, all);
                }
            }
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException e) {
            // It has just gone.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder with all that is in it; does nothing if it is not there. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
