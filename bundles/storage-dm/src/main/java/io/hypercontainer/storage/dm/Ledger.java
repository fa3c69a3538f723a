// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.linux.CallFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records and the pool in step. A thin device is made in this order: its record, with the
 * pool's next transaction, is written; the pool makes the device; the pool counts its transaction
 * up. A record whose transaction the pool has not reached is of something that was cut off. A
 * device is deleted in this order: its record moves among the loose ones; the pool deletes the
 * device; the record is deleted.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final Home home;
    private final Pool pool;
    private final Map<Kind, Map<String, ThinRecord>> records = new EnumMap<>(Kind.class);

    /** Loose devices that somebody works on. */
    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();

    private long transaction;
    private int next = 1;

    /** A record whose transaction failed; no other may have the same number while it is there. */
    private @Nullable Path unfinished;

    private Ledger(Home home, Pool pool) {
        this.home = home;
        this.pool = pool;
    }

    /** Reads all records, and finishes or undoes what a crash has cut off. */
    static Ledger open(Home home, Pool pool) throws IOException {
        var ledger = new Ledger(home, pool);
        ledger.transaction = pool.status().transaction();
        var cutOff = new TreeMap<Path, ThinRecord>();
        for (Kind kind : Kind.values()) {
            ledger.records.put(kind, ledger.read(kind, cutOff));
        }
        if (cutOff.size() > 1
                || cutOff.values().stream()
                        .anyMatch(r -> r.transaction() > ledger.transaction + 1)) {
            throw new Unavailable(
                    "pool "
                            + pool.name()
                            + " is at transaction "
                            + ledger.transaction
                            + ", its records in "
                            + home.base()
                            + " go further: its metadata are older ones or another pool's. Restore"
                            + " them, or move the folder away to begin anew");
        }
        for (Map.Entry<Path, ThinRecord> entry : cutOff.entrySet()) {
            LOG.info("undoing {}, which a crash has cut off", entry.getKey());
            ledger.deleteDevice(entry.getValue().thin());
            Records.delete(entry.getKey());
        }
        ledger.clearLoose();
        return ledger;
    }

    private Map<String, ThinRecord> read(Kind kind, Map<Path, ThinRecord> cutOff)
            throws IOException {
        var all = new ConcurrentHashMap<String, ThinRecord>();
        for (String name : Records.names(kind.folder(home))) {
            Path file = kind.file(home, name);
            try {
                ThinRecord record = ThinRecord.read(file);
                next = Math.max(next, record.thin() + 1);
                if (record.transaction() > transaction) {
                    cutOff.put(file, record);
                } else {
                    all.put(name, record);
                }
            } catch (IOException e) {
                setAside(file, e);
            }
        }
        return all;
    }

    private void setAside(Path file, IOException why) throws IOException {
        Path aside = home.damaged().resolve(file.getFileName() + "-" + UUID.randomUUID());
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        LOG.warn("{} cannot be used ({}) and is now {}", file, why.getMessage(), aside);
    }

    private void clearLoose() throws IOException {
        for (int thin : loose()) {
            next = Math.max(next, thin + 1);
            try {
                clear(thin);
            } catch (IOException e) {
                LOG.warn("thin device {} of {} is left: {}", thin, pool.name(), e.getMessage());
            }
        }
    }

    /** {@return ids that are marked loose and that nobody works on} */
    List<Integer> loose() throws IOException {
        return Records.names(home.loose()).stream()
                .filter(n -> n.matches("[0-9]{1,8}"))
                .map(Integer::valueOf)
                .filter(id -> !busy.contains(id))
                .toList();
    }

    /** Deletes a loose device; one that has a record by now only loses its mark. */
    synchronized void clear(int thin) throws IOException {
        boolean recorded =
                records.values().stream()
                        .flatMap(m -> m.values().stream())
                        .anyMatch(r -> r.thin() == thin);
        if (!recorded) {
            deleteDevice(thin);
        }
        Records.delete(mark(thin));
    }

    private Path mark(int thin) {
        return home.loose().resolve(thin + Records.SUFFIX);
    }

    private void deleteDevice(int thin) throws IOException {
        Files.deleteIfExists(home.devices().resolve(Integer.toString(thin)));
        pool.deactivate(thin);
        pool.delete(thin);
    }

    Optional<ThinRecord> find(Kind kind, String name) {
        return Optional.ofNullable(all(kind).get(name));
    }

    Set<String> names(Kind kind) {
        return new TreeSet<>(all(kind).keySet());
    }

    private Map<String, ThinRecord> all(Kind kind) {
        return java.util.Objects.requireNonNull(records.get(kind));
    }

    /** {@return ids of all devices that have a record} */
    Set<Integer> recorded() {
        var ids = new TreeSet<Integer>();
        records.values().forEach(m -> m.values().forEach(r -> ids.add(r.thin())));
        return ids;
    }

    /** {@return whether a device has a record, or somebody works on it} */
    synchronized boolean isKnown(int thin) {
        return busy.contains(thin) || recorded().contains(thin);
    }

    /**
     * Makes a snapshot with a record.
     *
     * @throws Conflict if something has the name
     */
    synchronized ThinRecord snapshot(
            Kind kind, String name, ThinRecord origin, Map<String, String> labels)
            throws IOException {
        pool.ensureFree(pool.block());
        while (true) {
            int thin = take();
            var record =
                    ThinRecord.of(
                            thin,
                            transaction + 1,
                            origin.bytes(),
                            origin.layers(),
                            origin.shared(),
                            labels);
            try {
                add(kind, name, record, () -> pool.createSnapshot(thin, origin.thin()));
                return record;
            } catch (CallFailed e) {
                mayBeTaken(thin, e);
            }
        }
    }

    /** A device whose record was damaged has its id still; it is not touched. */
    private void mayBeTaken(int thin, CallFailed e) throws CallFailed {
        if (e.errno() != CallFailed.EEXIST) {
            throw e;
        }
        LOG.warn("pool {} has a thin device {} without a record", pool.name(), thin);
    }

    /** Makes a device that has no record yet: it is deleted at the next start. */
    synchronized Loose begin(Optional<ThinRecord> origin) throws IOException {
        pool.ensureFree(pool.block());
        while (true) {
            int thin = take();
            Records.write(mark(thin), Map.of());
            try {
                if (origin.isPresent()) {
                    pool.createSnapshot(thin, origin.get().thin());
                } else {
                    pool.createThin(thin);
                }
                busy.add(thin);
                return new Loose(thin);
            } catch (IOException e) {
                Records.delete(mark(thin));
                if (!(e instanceof CallFailed call)) {
                    throw e;
                }
                mayBeTaken(thin, call);
            }
        }
    }

    /** A device that is being made. */
    final class Loose implements AutoCloseable {
        private final int thin;

        private Loose(int thin) {
            this.thin = thin;
        }

        int thin() {
            return thin;
        }

        /** Gives it a record; it is complete and on disk. */
        ThinRecord keep(Kind kind, String name, long bytes, List<String> layers, long shared)
                throws IOException {
            synchronized (Ledger.this) {
                var record = ThinRecord.of(thin, transaction + 1, bytes, layers, shared, Map.of());
                add(kind, name, record, () -> {});
                return record;
            }
        }

        /** Deletes it, if it was not kept. */
        @Override
        public void close() throws IOException {
            try {
                clear(thin);
            } finally {
                busy.remove(thin);
            }
        }
    }

    private interface Making {
        void make() throws IOException;
    }

    private void add(Kind kind, String name, ThinRecord record, Making making) throws IOException {
        if (all(kind).containsKey(name)) {
            throw new Conflict("there is one already: " + kind + " " + name);
        }
        if (unfinished != null) {
            Records.delete(unfinished);
            unfinished = null;
        }
        Path file = kind.file(home, name);
        unfinished = file;
        Records.write(file, record);
        try {
            making.make();
        } catch (IOException e) {
            forget(file, e);
            throw e;
        }
        try {
            pool.setTransaction(transaction, transaction + 1);
        } catch (IOException e) {
            forget(file, e);
            undo(record.thin(), e);
            throw e;
        }
        transaction++;
        unfinished = null;
        all(kind).put(name, record);
    }

    private void forget(Path file, IOException why) {
        try {
            Records.delete(file);
            unfinished = null;
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void undo(int thin, IOException why) {
        try {
            if (!busy.contains(thin)) {
                deleteDevice(thin);
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** Deletes a device and its record; does nothing if there is none. Gone for good on return. */
    synchronized void remove(Kind kind, String name) throws IOException {
        ThinRecord record = all(kind).get(name);
        if (record == null) {
            return;
        }
        Records.move(kind.file(home, name), mark(record.thin()));
        all(kind).remove(name);
        clear(record.thin());
    }

    private int take() throws IOException {
        var taken = new ArrayList<>(recorded());
        taken.addAll(busy);
        taken.addAll(loose());
        for (int attempt = 0; attempt <= ThinRecord.LAST_THIN; attempt++) {
            int id = next;
            next = id == ThinRecord.LAST_THIN ? 1 : id + 1;
            if (!taken.contains(id)) {
                return id;
            }
        }
        throw new Unavailable("pool " + pool.name() + " has no id left for another thin device");
    }
}
