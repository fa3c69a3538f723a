// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** What machines hold on the host, a file a machine. */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final String ENTRY = ".json";
    private static final String UNFINISHED = ".tmp";
    private static final String DAMAGED = ".damaged";

    /** Far above what the devices of one machine take. */
    private static final long LARGEST = 1 << 20;

    private final Path folder;
    private final Map<String, MachineState> states = new TreeMap<>();

    Ledger(Path folder) {
        this.folder = folder;
        files(UNFINISHED).forEach(Ledger::delete);
        files(ENTRY).forEach(this::load);
    }

    /** Makes the entry of a new machine. */
    synchronized void add(MachineState state) {
        if (states.containsKey(state.id())) {
            throw new Conflict("a virtual machine " + state.id() + " exists already");
        }
        save(state);
    }

    /** Is on disk on return. */
    synchronized MachineState save(MachineState state) {
        var target = folder.resolve(state.id() + ENTRY);
        var made = folder.resolve(state.id() + UNFINISHED);
        try {
            Files.createDirectories(folder);
            try (var out =
                    FileChannel.open(
                            made,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(state.json().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
            states.put(state.id(), state);
            return state;
        } catch (IOException e) {
            throw new DriverFailure("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    synchronized void forget(String id) {
        delete(folder.resolve(id + ENTRY));
        states.remove(id);
    }

    synchronized Optional<MachineState> find(String id) {
        return Optional.ofNullable(states.get(id));
    }

    synchronized List<MachineState> all() {
        return List.copyOf(states.values());
    }

    /** {@return files that were set aside} */
    List<Path> damaged() {
        return files(DAMAGED);
    }

    private void load(Path file) {
        try (var in = Files.newInputStream(file)) {
            var text = new String(in.readNBytes((int) LARGEST), StandardCharsets.UTF_8);
            var state = MachineState.parse(text);
            if (!file.equals(folder.resolve(state.id() + ENTRY))) {
                throw new IllegalArgumentException("it is that of machine " + state.id());
            }
            states.put(state.id(), state);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.warn("{} is damaged and set aside: {}", file, e.toString());
            setAside(file);
        }
    }

    private static void setAside(Path file) {
        try {
            Files.move(
                    file,
                    file.resolveSibling(file.getFileName() + DAMAGED),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} cannot be set aside: {}", file, e.toString());
        }
    }

    private List<Path> files(String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var all = Files.list(folder)) {
            return all.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DriverFailure("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
