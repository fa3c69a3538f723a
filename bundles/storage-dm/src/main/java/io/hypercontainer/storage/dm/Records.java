// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.storage.host.RecordFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Files of records: whole or not there, and on disk when a method returns. */
final class Records {
    static final String SUFFIX = ".json";
    private static final String UNFINISHED = ".part";

    private Records() {}

    static <T> T read(Path file, Class<T> type) throws IOException {
        return RecordFile.read(file, type);
    }

    /** Writes a record that is not there yet. */
    static void write(Path file, Object record) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            Files.deleteIfExists(part);
            RecordFile.write(part, record);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            sync(file);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        sync(to);
        sync(from);
    }

    static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        sync(file);
    }

    private static void sync(Path file) throws IOException {
        try (var channel = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Names, without their ending, of all records in a folder; what was not finished is deleted.
     */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
            for (String name : names) {
                if (name.endsWith(UNFINISHED)) {
                    Files.deleteIfExists(folder.resolve(name));
                }
            }
            return names.stream()
                    .filter(n -> n.endsWith(SUFFIX))
                    .map(n -> n.substring(0, n.length() - SUFFIX.length()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
