// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Inventory;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Asks all drivers that are here what is on the host, and the records whose it is. */
final class HostCensus {
    private static final String FILE = "file";

    /** All unix sockets, a line each that ends with the path (proc(5)). */
    private static final Path SOCKETS = Path.of("/proc/net/unix");

    private final Plugs plugs;
    private final Owners owners;
    private final Path machines;

    /**
     * @param root the daemon's folder
     */
    HostCensus(Plugs plugs, Owners owners, Path root) {
        this.plugs = plugs;
        this.owners = owners;
        this.machines = root.resolve("vms");
    }

    /**
     * One look at the host.
     *
     * @param wrong what only a person can put right
     * @param garbage what seems to belong to nobody; something that is just being removed may be
     *     among it, so look twice
     * @param machines ids of machines of nobody
     */
    record Look(List<Finding> wrong, List<Garbage> garbage, Set<String> machines) {
        private void wrong(String kind, String subject, String problem) {
            wrong.add(new Finding(kind, subject, problem, false));
        }

        private void garbage(String kind, String subject, String problem, BooleanSupplier removal) {
            garbage.add(new Garbage(new Finding(kind, subject, problem, true), removal));
        }
    }

    Look look() {
        Look look = new Look(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
        plugs.hypervisors().slot().all().forEach(d -> ask(d, Owners.Kind.MACHINE, look));
        plugs.networks().slot().all().forEach(d -> ask(d, Owners.Kind.POD, look));
        plugs.storage().slot().all().forEach(d -> ask(d, Owners.Kind.CONTAINER, look));
        plugs.images().all().forEach(images -> ask(images, Owners.Kind.CONTAINER, look));
        folders(look);
        return look;
    }

    private void ask(Plugged<? extends Inventory> plugged, Owners.Kind kind, Look look) {
        try {
            Inventory inventory = plugged.service();
            for (Holding holding : inventory.census()) {
                judge(holding, inventory, kind, look);
            }
        } catch (HyperException e) {
            look.wrong(
                    "daemon",
                    plugged.bundle(),
                    "it cannot tell what it has on the host: " + e.getMessage());
        }
    }

    private void judge(Holding holding, Inventory inventory, Owners.Kind kind, Look look) {
        switch (holding) {
            case Holding.Owned owned -> {
                if (!owners.has(kind, owned.owner())) {
                    if (kind == Owners.Kind.MACHINE) {
                        look.machines().add(owned.owner());
                    }
                    look.garbage(
                            owned.kind(),
                            owned.subject(),
                            nobody(kind, owned.owner()),
                            () ->
                                    owners.whileUnowned(
                                            kind, owned.owner(), () -> inventory.dispose(owned)));
                }
            }
            case Holding.Left left ->
                    look.garbage(
                            left.kind(),
                            left.subject(),
                            left.problem(),
                            () -> {
                                inventory.dispose(left);
                                return true;
                            });
            case Holding.Wrong wrong -> look.wrong(wrong.kind(), wrong.subject(), wrong.problem());
        }
    }

    private static String nobody(Owners.Kind kind, String id) {
        return switch (kind) {
            case MACHINE -> "it is of machine " + id + ", which no pod has";
            case POD -> "it is of pod " + id + ", which is not connected";
            case CONTAINER -> "it is of container " + id + ", which there is not";
        };
    }

    /** The folders of machines are the runtime's own. */
    private void folders(Look look) {
        if (!Files.isDirectory(machines)) {
            return;
        }
        try (Stream<Path> all = Files.list(machines)) {
            for (Path folder : all.sorted().toList()) {
                String id = folder.getFileName().toString();
                if (owners.has(Owners.Kind.MACHINE, id)) {
                    continue;
                }
                // Of a machine whose driver is away nothing is touched.
                if (look.machines().contains(id) || !isInUse(folder)) {
                    look.garbage(
                            FILE,
                            folder.toString(),
                            nobody(Owners.Kind.MACHINE, id),
                            () ->
                                    !isInUse(folder)
                                            && owners.whileUnowned(
                                                    Owners.Kind.MACHINE, id, () -> delete(folder)));
                }
            }
        } catch (IOException e) {
            look.wrong(FILE, machines.toString(), "it cannot be read: " + e);
        }
    }

    /** Whether a machine listens there, or may: without drivers nobody can tell. */
    private boolean isInUse(Path folder) {
        if (plugs.hypervisors().slot().all().isEmpty()) {
            return true;
        }
        try (Stream<String> sockets = Files.lines(SOCKETS, StandardCharsets.ISO_8859_1)) {
            return sockets.anyMatch(line -> line.contains(" " + folder + "/"));
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + SOCKETS + ": " + e, e);
        }
    }

    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + folder + ": " + e, e);
        }
    }
}
