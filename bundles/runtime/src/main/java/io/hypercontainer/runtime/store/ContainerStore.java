// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * Containers on disk: {@code <root>/containers/<id>/container.json}, and {@code run.json} beside it
 * while a machine may run. A damaged file is set aside under another name, never deleted.
 */
public final class ContainerStore {
    private static final String CONTAINER = "container.json";
    private static final String RUN = "run.json";
    private static final String DAMAGED = CONTAINER + ".damaged-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** A record with the longest command line and environment is far below. */
    private static final long LARGEST = 16L << 20;

    private final Path containers;
    private final Clock clock;
    private final Records records = new Records();

    /**
     * What a daemon finds when it starts.
     *
     * @param containers what could be read
     * @param problems what could not, one line each
     */
    public record Contents(List<ContainerRecord> containers, List<String> problems) {
        /** Keeps unmodifiable copies. */
        public Contents {
            containers = List.copyOf(containers);
            problems = List.copyOf(problems);
        }
    }

    /**
     * @param root the daemon's state folder
     * @param clock dates damaged files
     * @throws Unavailable if the folder cannot be made
     */
    public ContainerStore(Path root, Clock clock) {
        this.containers = root.resolve("containers");
        this.clock = clock;
        try {
            Folders.make(containers);
        } catch (IOException e) {
            throw new Unavailable("cannot make the folder " + containers + ": " + e, e);
        }
    }

    /**
     * Reads all containers. Removes what a crash left of files that were being written.
     *
     * @return all that is there
     */
    public Contents load() {
        List<ContainerRecord> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try {
            for (Path folder : list(containers)) {
                try {
                    load(folder, problems).ifPresent(found::add);
                } catch (IOException e) {
                    problems.add("cannot read " + folder + ": " + e);
                }
            }
        } catch (IOException e) {
            problems.add("cannot read " + containers + ": " + e);
        }
        return new Contents(found, problems);
    }

    private Optional<ContainerRecord> load(Path folder, List<String> problems) throws IOException {
        boolean damaged = false;
        for (Path file : list(folder)) {
            String name = file.getFileName().toString();
            if (name.endsWith(AtomicFile.UNFINISHED)) {
                Files.delete(file);
            }
            damaged |= name.startsWith(DAMAGED);
        }
        Path file = folder.resolve(CONTAINER);
        if (!Files.exists(file)) {
            if (damaged) {
                problems.add(
                        "the record of a container in "
                                + folder
                                + " is damaged: repair it or delete the folder");
            } else {
                // The daemon ended between making the folder and writing the first record.
                Folders.delete(folder);
            }
            return Optional.empty();
        }
        byte[] content = read(file);
        try {
            if (records.schema(content) > ContainerRecord.SCHEMA) {
                problems.add(file + " was written by a newer version: update the daemon");
                return Optional.empty();
            }
            ContainerRecord container = records.read(content, ContainerRecord.class);
            if (!folder.getFileName().toString().equals(container.id())) {
                throw new IllegalStateException("it belongs to container " + container.id());
            }
            return Optional.of(container);
        } catch (RuntimeException e) { // Jackson's, and those of the records' own checks
            Path aside = folder.resolve(DAMAGED + TIME.format(clock.instant()));
            Files.move(file, aside);
            problems.add(
                    file
                            + " is damaged and was set aside as "
                            + aside.getFileName()
                            + ": "
                            + firstLine(e));
            return Optional.empty();
        }
    }

    /**
     * Makes a container's folder and its first record.
     *
     * @param container the record
     */
    public void create(ContainerRecord container) {
        try {
            Folders.make(folder(container.id()));
            save(container);
            AtomicFile.forceFolder(containers);
        } catch (IOException e) {
            throw failed("make", container.id(), e);
        }
    }

    /**
     * Writes a container's record; it is on disk when this returns.
     *
     * @param container the record
     */
    public void save(ContainerRecord container) {
        try {
            byte[] content = records.write(container);
            AtomicFile.write(folder(container.id()), CONTAINER, content, true);
        } catch (IOException e) {
            throw failed("write", container.id(), e);
        }
    }

    /**
     * Deletes a container's folder.
     *
     * @param id the container's id
     */
    public void delete(String id) {
        try {
            Path folder = folder(id);
            if (!Files.exists(folder)) {
                return;
            }
            // The record goes last: a deletion that is cut off is found and finished.
            for (Path file : list(folder)) {
                if (!file.getFileName().toString().equals(CONTAINER)) {
                    Folders.delete(file);
                }
            }
            Folders.delete(folder);
            AtomicFile.forceFolder(containers);
        } catch (IOException e) {
            throw failed("delete", id, e);
        }
    }

    /**
     * Writes what a container holds on the host.
     *
     * @param id the container's id
     * @param run what it holds
     */
    public void saveRun(String id, RunRecord run) {
        try {
            AtomicFile.write(folder(id), RUN, records.write(run), false);
        } catch (IOException e) {
            throw failed("write", id, e);
        }
    }

    /**
     * @param id a container's id
     * @return what it holds on the host; empty if nothing, or if the file is damaged, as after a
     *     crash of the host
     */
    public Optional<RunRecord> run(String id) {
        try {
            return Optional.of(records.read(read(folder(id).resolve(RUN)), RunRecord.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            deleteRun(id);
            return Optional.empty();
        }
    }

    /**
     * Notes that a container holds nothing any more.
     *
     * @param id the container's id
     */
    public void deleteRun(String id) {
        try {
            Files.deleteIfExists(folder(id).resolve(RUN));
        } catch (IOException e) {
            throw failed("write", id, e);
        }
    }

    /**
     * @param id a container's id
     * @return the folder with all of it
     */
    public Path folder(String id) {
        return containers.resolve(id);
    }

    private static byte[] read(Path file) throws IOException {
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

    private static RuntimeException failed(String what, String id, IOException e) {
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        return new Unavailable(
                "cannot "
                        + what
                        + " the record of container "
                        + id.substring(0, 12)
                        + ": "
                        + reason,
                e);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
