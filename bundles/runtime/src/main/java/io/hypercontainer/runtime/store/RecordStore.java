// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final String DAMAGED = ".damaged-";

    /** What an exit adds to the record of something that runs is far less. */
    private static final int GROWTH = 8 << 10;

    /** A record with the longest command line and environment is far below. */
    private static final long LARGEST = 16L << 20;

    private final String kind;
    private final Class<T> type;
    private final int schema;
    private final Path all;
    private final String file;
    private final Clock clock;

    /** Writes and reads what is in the files. */
    final Records records = new Records();

    /**
     * What a daemon finds when it starts.
     *
     * @param <T> the kind
     * @param records what could be read
     * @param problems what could not
     */
    public record Contents<T>(List<T> records, List<Problem> problems) {
        /** Keeps unmodifiable copies. */
        public Contents {
            records = List.copyOf(records);
            problems = List.copyOf(problems);
        }
    }

    /**
     * Something wrong.
     *
     * @param path what it is about; if it is gone, so is the problem
     * @param line what is wrong, and what to do
     */
    public record Problem(Path path, String line) {}

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
        List<Problem> problems = new ArrayList<>();
        try {
            for (Path folder : list(all)) {
                try {
                    load(folder, problems).ifPresent(found::add);
                } catch (IOException e) {
                    problems.add(new Problem(folder, "cannot read " + folder + ": " + e));
                }
            }
        } catch (IOException e) {
            problems.add(new Problem(all, "cannot read " + all + ": " + e));
        }
        return new Contents<>(found, problems);
    }

    private Optional<T> load(Path folder, List<Problem> problems) throws IOException {
        List<Path> present = new ArrayList<>();
        for (Path entry : list(folder)) {
            if (entry.getFileName().toString().endsWith(AtomicFile.UNFINISHED)) {
                Folders.delete(entry);
            } else {
                present.add(entry);
            }
        }
        if (present.isEmpty()) {
            // The daemon ended between making the folder and writing the first record, or between
            // deleting the last one and the folder.
            Folders.delete(folder);
            return Optional.empty();
        }
        Path path = folder.resolve(file);
        if (!present.contains(path)) {
            problems.add(withoutRecord(folder, present));
            return Optional.empty();
        }
        byte[] content = isFile(path) ? read(path) : new byte[0];
        try {
            int written = records.schema(content);
            if (written > schema) {
                problems.add(
                        new Problem(
                                path, path + " was written by a newer version: update the daemon"));
                return Optional.empty();
            }
            T record = records.read(content, type);
            if (written < 1 || !folder.getFileName().toString().equals(record.id())) {
                throw new IllegalStateException(
                        "it is of version " + written + ", for " + kind + " " + record.id());
            }
            return Optional.of(record);
        } catch (RuntimeException e) { // Jackson's, and those of the records' own checks
            problems.add(setAside(path, e));
            return Optional.empty();
        }
    }

    private Problem withoutRecord(Path folder, List<Path> present) {
        Path damaged =
                present.stream()
                        .filter(p -> p.getFileName().toString().startsWith(file + DAMAGED))
                        .findFirst()
                        .orElse(folder);
        return new Problem(
                damaged,
                "the record of a "
                        + kind
                        + " in "
                        + folder
                        + (damaged.equals(folder) ? " is missing" : " is damaged")
                        + ": repair it as "
                        + file
                        + ", or delete the folder");
    }

    /** Keeps a damaged file under another name, beside where it was. */
    Problem setAside(Path path, Exception why) throws IOException {
        Path aside =
                path.resolveSibling(path.getFileName() + DAMAGED + TIME.format(clock.instant()));
        Files.move(path, aside);
        return new Problem(
                aside,
                path
                        + " is damaged and was set aside as "
                        + aside.getFileName()
                        + ": "
                        + firstLine(why));
    }

    /** Links and pipes would lead elsewhere, or nowhere. */
    static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes a folder and the first record in it; if it fails nothing is left.
     *
     * @param record the record
     */
    public void create(T record) {
        Path folder = folder(record.id());
        try {
            Folders.make(folder);
            AtomicFile.write(folder, file, records.write(record), true);
            AtomicFile.forceFolder(all);
        } catch (IOException e) {
            RuntimeException failed = failed("make", record.id(), e);
            try {
                Folders.delete(folder);
            } catch (IOException again) {
                failed.addSuppressed(again);
            }
            throw failed;
        }
    }

    /**
     * Keeps room on the disk for a last word about something that is about to run: its end must be
     * known even if the disk is full by then.
     *
     * @param record its record
     */
    public void reserve(T record) {
        try {
            int size = records.write(record).length + GROWTH;
            AtomicFile.reserve(folder(record.id()), file, size);
        } catch (IOException e) {
            throw failed("write", record.id(), e);
        }
    }

    /**
     * Writes the record of something that does not run any more, into the room that {@link
     * #reserve} has kept if there is no other.
     *
     * @param record the record
     */
    public void saveReserved(T record) {
        try {
            AtomicFile.writeReserved(folder(record.id()), file, records.write(record));
        } catch (IOException e) {
            throw failed("write", record.id(), e);
        }
    }

    /**
     * @param prefix the beginning of an id
     * @return folders that are called so, whatever is in them
     */
    public List<Path> folders(String prefix) {
        try {
            return list(all).stream()
                    .filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new Unavailable("cannot read " + all + ": " + e, e);
        }
    }

    /**
     * @param folder one of {@link #folders}
     * @return whether there is a record in it that is not known to be damaged
     */
    public boolean hasRecord(Path folder) {
        return isFile(folder.resolve(file));
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
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        return new Unavailable(
                "cannot "
                        + what
                        + " the record of "
                        + kind
                        + " "
                        + id.substring(0, 12)
                        + ": "
                        + (full
                                ? "the disk under "
                                        + all.getParent()
                                        + " is full ("
                                        + reason
                                        + "); remove unused images, containers or volumes"
                                : reason),
                e);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
