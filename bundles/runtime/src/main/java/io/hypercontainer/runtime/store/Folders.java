// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Folders that belong to one container. */
public final class Folders {
    /** Each line has the mount point between spaces, space itself as octal number (proc(5)). */
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private Folders() {}

    /**
     * Makes a folder that nobody else may look into, with what is missing above it.
     *
     * @param folder the folder
     * @throws IOException if it cannot be made
     */
    public static void make(Path folder) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * Deletes a folder with all that is in it; links are deleted, never followed, and what is
     * mounted below it is not touched.
     *
     * @param folder the folder, may be missing
     * @throws IOException if something cannot be deleted
     */
    public static void delete(Path folder) throws IOException {
        String path = folder.toAbsolutePath().normalize().toString();
        String mounted = " " + path.replace(" ", "\\040") + "/";
        if (Files.readString(MOUNTS).contains(mounted)) {
            throw new FileSystemException(folder.toString(), null, "something is mounted in it");
        }
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.deleteIfExists(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path dir, @Nullable IOException error) throws IOException {
                            if (error != null) {
                                throw error;
                            }
                            Files.deleteIfExists(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (NoSuchFileException e) {
            // Somebody else was faster; gone is what it should be.
        }
    }
}
