// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the {@link MachineState} of every machine in a file, and gives each a user of its own. */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final String SUFFIX = ".json";
    private static final String UNFINISHED = ".tmp";
    private static final String DAMAGED = ".damaged";

    /** Far above what the devices of one machine take. */
    private static final long LARGEST = 1 << 20;

    private final Path folder;
    private final int firstUid;
    private final int uids;
    private final Map<String, MachineState> states = new TreeMap<>();

    /**
     * @param uids how many user ids there are, 0 if machines run as the daemon's user
     */
    Ledger(Path folder, int firstUid, int uids) {
        this.folder = folder;
        this.firstUid = firstUid;
        this.uids = uids;
        load();
    }

    /**
     * Makes the entry of a new machine, with the lowest user id that no other machine has.
     *
     * @param needs adds what the machine is going to take
     */
    synchronized MachineState claim(String id, Path directory, UnaryOperator<MachineState> needs) {
        if (states.containsKey(id)) {
            throw taken(id);
        }
        var uid = uids == 0 ? -1 : lowestFreeUid();
        var state = needs.apply(MachineState.claimed(id, directory, uid));
        save(state);
        return state;
    }

    /** Makes the entry of a machine that takes another one's user id and process over. */
    synchronized void add(MachineState state) {
        if (states.containsKey(state.id())) {
            throw taken(state.id());
        }
        save(state);
    }

    private static Conflict taken(String id) {
        return new Conflict("a virtual machine " + id + " exists already");
    }

    private int lowestFreeUid() {
        var taken = new HashSet<Integer>();
        states.values().forEach(s -> taken.add(s.uid()));
        for (var uid = firstUid; uid < firstUid + uids; uid++) {
            if (!taken.contains(uid)) {
                return uid;
            }
        }
        throw new Unavailable(
                "all %d user ids for virtual machines are in use: raise uid.count of hyper.qemu"
                        .formatted(uids));
    }

    synchronized void save(MachineState state) {
        var target = file(state.id());
        var temporary = folder.resolve(state.id() + UNFINISHED);
        try {
            Files.createDirectories(folder);
            try (var out =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(state.json().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            states.put(state.id(), state);
        } catch (IOException e) {
            throw new DriverFailure("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    synchronized void forget(String id) {
        try {
            Files.deleteIfExists(file(id));
            states.remove(id);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + file(id) + ": " + e.getMessage(), e);
        }
    }

    synchronized Optional<MachineState> find(String id) {
        return Optional.ofNullable(states.get(id));
    }

    synchronized List<MachineState> all() {
        return List.copyOf(states.values());
    }

    /**
     * Takes over what the ledger had lost; a full disk does not keep the machine from its driver.
     */
    synchronized void restore(MachineState state) {
        states.put(state.id(), state);
        try {
            save(state);
        } catch (DriverFailure e) {
            LOG.warn("Machine {} has no record: {}", state.id(), e.getMessage());
        }
    }

    /** {@return files that were set aside} */
    List<Path> damaged() {
        return files("*" + DAMAGED);
    }

    private void load() {
        for (var unfinished : files("*" + UNFINISHED)) {
            try {
                Files.delete(unfinished);
            } catch (IOException e) {
                LOG.warn("{} stays: {}", unfinished, e.toString());
            }
        }
        files("*" + SUFFIX).forEach(f -> read(f).ifPresent(s -> states.put(s.id(), s)));
    }

    private List<Path> files(String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var all = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(folder, pattern)) {
            files.forEach(all::add);
        } catch (IOException e) {
            throw new DriverFailure("cannot list " + folder + ": " + e.getMessage(), e);
        }
        return all.stream().sorted().toList();
    }

    /** A damaged file is set aside; the machine can still be adopted with the runtime's record. */
    private Optional<MachineState> read(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file) > LARGEST) {
                throw new IOException("it is no file of at most " + LARGEST + " bytes");
            }
            var state = MachineState.parse(Files.readString(file));
            if (!file.equals(file(state.id()))) {
                throw new IOException("it is of machine " + state.id());
            }
            return Optional.of(state);
        } catch (IOException | RuntimeException e) { // Jackson's, and those of the records' checks
            var aside = file.resolveSibling(file.getFileName() + DAMAGED);
            LOG.warn("{} is damaged and now {}: {}", file, aside, e.toString());
            try {
                Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException again) {
                LOG.warn("cannot set {} aside", file, again);
            }
            return Optional.empty();
        }
    }

    /** {@return where the entry of a machine is} */
    Path file(String id) {
        return folder.resolve(id + SUFFIX);
    }
}
