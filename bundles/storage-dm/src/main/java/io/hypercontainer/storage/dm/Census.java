// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.driver.Holding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the driver has in the kernel and on the disk besides layers and volumes. */
final class Census {
    private static final String DEVICE = "device";
    private static final String FILE = "file";

    private final Store store;

    Census(Store store) {
        this.store = store;
    }

    List<Holding> take() throws IOException {
        var all = new ArrayList<Holding>();
        for (String container : store.ledger().names(Kind.ROOT)) {
            store.ledger()
                    .find(Kind.ROOT, container)
                    .ifPresent(r ->
                            all.add(
                                    new Holding.Owned(
                                            DEVICE, store.pool().deviceName(r.thin()), container)));
        }
        for (int thin : left()) {
            all.add(
                    new Holding.Left(
                            DEVICE,
                            store.pool().deviceName(thin),
                            "left from something that was not finished"));
        }
        try (Stream<Path> damaged = Files.list(store.home().damaged())) {
            damaged.sorted()
                    .forEach(file ->
                            all.add(
                                    new Holding.Wrong(
                                            FILE,
                                            file.toString(),
                                            "a damaged record was set aside; its thin device is still in"
                                                    + " the pool")));
        }
        problem(all);
        return List.copyOf(all);
    }

    private void problem(List<Holding> all) throws IOException {
        String name = store.pool().name();
        Optional<String> trouble = store.pool().status().trouble();
        if (trouble.isPresent()) {
            all.add(
                    new Holding.Wrong(
                            DEVICE,
                            name,
                            "the pool is "
                                    + trouble.get()
                                    + ": see docs/storage-dm.md, \"When the pool is full\""));
        } else {
            store.watch()
                    .problem()
                    .ifPresent(why ->
                            all.add(
                                    new Holding.Wrong(
                                            DEVICE, name, "the pool does not grow: " + why)));
        }
    }

    /** Active devices that have no record, and what is marked loose. */
    private Set<Integer> left() throws IOException {
        // Whatever gets a record while this looks has a mark before that, or is busy.
        var left = new TreeSet<>(store.ledger().loose());
        for (int thin : store.devices().active()) {
            if (!store.ledger().isKnown(thin)) {
                left.add(thin);
            }
        }
        return left;
    }

    void dispose(Holding.Left holding) throws IOException {
        for (int thin : left()) {
            if (store.pool().deviceName(thin).equals(holding.subject())) {
                store.devices().deactivate(thin);
                store.ledger().clear(thin);
            }
        }
    }
}
