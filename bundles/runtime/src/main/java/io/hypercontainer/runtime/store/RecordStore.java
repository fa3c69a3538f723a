// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Records of one kind on disk, each in a folder of its own: {@code <root>/pods/<id>/pod.json}. A
 * damaged file is set aside under another name, never deleted.
 *
 * @param <T> the kind
 */
public abstract sealed class RecordStore<T extends StoredRecord> permits ContainerStore, PodStore {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** A record with the longest command line and environment is far below. */
    private static final long LARGEST = 16L << 20;

    private final String kind;
    private final Class<T> type;
    private final int schema;
    private final Path all;
    private final String file;
    private final String damaged;
    private final Clock clock;

    /** Writes and reads what is in the files. */
    final Records records = new Records();

    /**
     * What a daemon finds when it starts.
     *
     * @param <T> the kind
     * @param records what could be read
     * @param problems what could not, one line each
     */
    public record Contents<T>(List<T> records, List<String> problems) {
        /** Keeps unmodifiable copies. */
        public Contents {
            records = List.copyOf(records);
            problems = List.copyOf(problems);
        }
    }

    /**
     * @param kind what the records are of, in the singular
     * @param schema the newest format that can be read
     */
    RecordStore(String kind, Class<T> type, int schema, Path root, Clock clock) {
        this.kind = kind;
        this.type = type;
        this.schema = schema;
        this.all = root.resolve(kind + "s");
        this.file = kind + ".json";
        this.damaged = file + ".damaged-";
        this.clock = clock;
        try {
            Folders.make(all);
        } catch (IOException e) {
            throw new Unavailable("cannot make the folder " + all + ": " + e, e);
        }
    }

    /**
     * Reads all records. Removes what a crash left of files that were being written.
     *
     * @return all that is there
     */
    public Contents<T> load() {
        List<T> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try {
            for (Path folder : list(all)) {
                try {
                    load(folder, problems).ifPresent(found::add);
                } catch (IOException e) {
                    problems.add("cannot read " + folder + ": " + e);
                }
            }
        } catch (IOException e) {
            problems.add("cannot read " + all + ": " + e);
        }
        return new Contents<>(found, problems);
    }

    private Optional<T> load(Path folder, List<String> problems) throws IOException {
        boolean wasDamaged = false;
        for (Path entry : list(folder)) {
            String name = entry.getFileName().toString();
            if (name.endsWith(AtomicFile.UNFINISHED)) {
                Files.delete(entry);
            }
            wasDamaged |= name.startsWith(damaged);
        }
        Path path = folder.resolve(file);
        if (!Files.exists(path)) {
            if (wasDamaged) {
                problems.add(
                        "the record of a "
                                + kind
                                + " in "
                                + folder
                                + " is damaged: repair it or delete the folder");
            } else {
                // The daemon ended between making the folder and writing the first record.
                Folders.delete(folder);
            }
            return Optional.empty();
        }
        byte[] content = read(path);
        try {
            if (records.schema(content) > schema) {
                problems.add(path + " was written by a newer version: update the daemon");
                return Optional.empty();
            }
            T record = records.read(content, type);
            if (!folder.getFileName().toString().equals(record.id())) {
                throw new IllegalStateException("it belongs to " + kind + " " + record.id());
            }
            return Optional.of(record);
        } catch (RuntimeException e) { // Jackson's, and those of the records' own checks
            Path aside = folder.resolve(damaged + TIME.format(clock.instant()));
            Files.move(path, aside);
            problems.add(
                    path
                            + " is damaged and was set aside as "
                            + aside.getFileName()
                            + ": "
                            + firstLine(e));
            return Optional.empty();
        }
    }

    /**
     * Makes a folder and the first record in it.
     *
     * @param record the record
     */
    public void create(T record) {
        try {
            Folders.make(folder(record.id()));
            save(record);
            AtomicFile.forceFolder(all);
        } catch (IOException e) {
            throw failed("make", record.id(), e);
        }
    }

    /**
     * Writes a record; it is on disk when this returns.
     *
     * @param record the record
     */
    public void save(T record) {
        try {
            AtomicFile.write(folder(record.id()), file, records.write(record), true);
        } catch (IOException e) {
            throw failed("write", record.id(), e);
        }
    }

    /**
     * Deletes a record with its folder.
     *
     * @param id its id
     */
    public void delete(String id) {
        try {
            Path folder = folder(id);
            if (!Files.exists(folder)) {
                return;
            }
            // The record goes last: a deletion that is cut off is found and finished.
            for (Path entry : list(folder)) {
                if (!entry.getFileName().toString().equals(file)) {
                    Folders.delete(entry);
                }
            }
            Folders.delete(folder);
            AtomicFile.forceFolder(all);
        } catch (IOException e) {
            throw failed("delete", id, e);
        }
    }

    /**
     * @param id an id
     * @return the folder with all of it
     */
    public Path folder(String id) {
        return all.resolve(id);
    }

    static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST) {
            throw new IOException("it has " + size + " bytes, more than " + LARGEST);
        }
        return Files.readAllBytes(file);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    RuntimeException failed(String what, String id, IOException e) {
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        return new Unavailable(
                "cannot "
                        + what
                        + " the record of "
                        + kind
                        + " "
                        + id.substring(0, 12)
                        + ": "
                        + reason,
                e);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
