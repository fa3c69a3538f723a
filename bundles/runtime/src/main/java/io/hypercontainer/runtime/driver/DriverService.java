// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.DriverSource;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.runtime.plug.DriverReference;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;

/** The drivers as users change them. */
final class DriverService implements Drivers {
    private final DriverManager manager;
    private final DriverStore store;
    private final DriverTable table;
    private final Exchange exchange;
    private final DeployedBundles deployed;
    private final DriverUse use;
    private final Supplier<DriverSettings> settings;
    private final Clock clock;

    DriverService(
            DriverManager manager,
            DriverStore store,
            DriverTable table,
            Exchange exchange,
            DeployedBundles deployed,
            DriverUse use,
            Supplier<DriverSettings> settings,
            Clock clock) {
        this.manager = manager;
        this.store = store;
        this.table = table;
        this.exchange = exchange;
        this.deployed = deployed;
        this.use = use;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public List<DriverStatus> list() {
        List<DriverStatus> all = new ArrayList<>(table.rows(use));
        all.addAll(deployed.refused());
        return all;
    }

    @Override
    public List<DriverStatus> get(String driver) {
        DriverReference wanted = DriverReference.parse(driver);
        List<DriverStatus> found = list().stream().filter(row -> named(row, wanted)).toList();
        if (found.isEmpty()) {
            throw new NotFound("there is no driver '" + driver + "': see 'driver ls'");
        }
        return found;
    }

    private static boolean named(DriverStatus row, DriverReference wanted) {
        boolean name = row.name().equals(wanted.name()) || row.bundle().equals(wanted.name());
        return name && wanted.version().map(v -> v.toString().equals(row.version())).orElse(true);
    }

    @Override
    public List<DriverStatus> install(DriverSource source) {
        DriverJar jar = stage(source);
        try {
            return manager.change(() -> {
                table.withName(jar).ifPresent(present -> refuseSecond(jar, present));
                Bundle fresh = put(Optional.empty(), jar, source);
                return rows(fresh);
            });
        } finally {
            store.discard(jar.file());
        }
    }

    private static void refuseSecond(DriverJar jar, Bundle present) {
        throw new Conflict(
                jar.title()
                        + " is here already: 'driver update' exchanges it for other content of"
                        + " the same version, and other versions go beside it"
                        + (present.getState() == Bundle.ACTIVE ? "" : " (its bundle is stopped)"));
    }

    @Override
    public List<DriverStatus> update(String driver, Optional<DriverSource> source) {
        Bundle seen = one(driver);
        DriverSource from = source.orElseGet(() -> origin(driver, seen));
        DriverJar jar = stage(from);
        try {
            return manager.change(() -> {
                Bundle old = one(driver);
                if (Locations.isInstalled(old) && Locations.sha256(old).equals(jar.sha256())) {
                    return rows(old);
                }
                table.withName(jar)
                        .filter(present -> !present.equals(old))
                        .ifPresent(present -> refuseSecond(jar, present));
                return rows(put(Optional.of(old), jar, from));
            });
        } finally {
            store.discard(jar.file());
        }
    }

    private Bundle put(Optional<Bundle> old, DriverJar jar, DriverSource source) {
        return exchange.exchange(
                old,
                jar,
                jar.location(Locations.INSTALLED),
                settings.get(),
                Exchange.Ask.DRIVER,
                () -> commit(old, jar, source));
    }

    private void commit(Optional<Bundle> old, DriverJar jar, DriverSource source) {
        store.keep(jar);
        store.commit(
                old.map(this::without)
                        .orElseGet(store::drivers)
                        .with(
                                new StoredDrivers.Installed(
                                        jar.symbolicName(),
                                        jar.version().toString(),
                                        jar.sha256(),
                                        jar.name(),
                                        source instanceof DriverSource.Address,
                                        clock.instant())));
    }

    private StoredDrivers without(Bundle bundle) {
        StoredDrivers now = store.drivers();
        if (Locations.isInstalled(bundle)) {
            return now.without(i -> i.sha256().equals(Locations.sha256(bundle)));
        }
        return table.isBuiltIn(bundle) ? now.hiding(bundle.getSymbolicName()) : now;
    }

    @Override
    public void remove(String driver, boolean force) {
        manager.change(() -> {
            Bundle bundle = one(driver);
            List<DriverStatus> rows = rows(bundle);
            if (!force) {
                rows.stream().filter(r -> r.uses() > 0).findFirst().ifPresent(this::refuseInUse);
            }
            store.commit(without(bundle));
            exchange.remove(bundle);
            return null;
        });
    }

    private void refuseInUse(DriverStatus row) {
        String things =
                switch (row.kind()) {
                    case "hypervisor" -> "virtual machines";
                    case "storage" -> "containers' root file systems";
                    default -> "endpoints of containers";
                };
        throw new Conflict(
                row.kind()
                        + " driver '"
                        + row.name()
                        + "' has "
                        + row.uses()
                        + " "
                        + things
                        + ": remove the containers first, or use --force, after which they cannot"
                        + " be changed until such a driver is back");
    }

    private List<DriverStatus> rows(Bundle bundle) {
        return table.rows(use).stream().filter(r -> r.bundleId() == bundle.getBundleId()).toList();
    }

    /** {@return the one bundle that has the driver, if it may be changed} */
    private Bundle one(String driver) {
        List<DriverStatus> found = get(driver);
        List<Long> ids = found.stream().map(DriverStatus::bundleId).distinct().toList();
        if (ids.size() > 1) {
            throw new InvalidSpec(
                    "several bundles have a driver '"
                            + driver
                            + "': name one of "
                            + found.stream()
                                    .map(r -> r.bundle() + "@" + r.version())
                                    .distinct()
                                    .collect(Collectors.joining(", ")));
        }
        String source = found.getFirst().source();
        if (source.startsWith("deploy/")) {
            throw new Conflict(
                    "driver '"
                            + driver
                            + "' comes from the deploy folder: replace or delete "
                            + source
                            + " there");
        }
        return table.bundle(ids.getFirst());
    }

    private DriverSource origin(String driver, Bundle bundle) {
        return Optional.of(bundle)
                .filter(Locations::isInstalled)
                .flatMap(b -> store.drivers().of(Locations.sha256(b)))
                .filter(StoredDrivers.Installed::fetchable)
                .<DriverSource>map(i -> new DriverSource.Address(i.source()))
                .orElseThrow(() ->
                        new InvalidSpec(
                                "driver '"
                                        + driver
                                        + "' does not come from an address: say where its new"
                                        + " version is"));
    }

    private DriverJar stage(DriverSource source) {
        return switch (source) {
            case DriverSource.Content(var name, var jar) ->
                    store.stage(name, jar, settings.get().maxBytes());
            case DriverSource.Address(var address) ->
                    new Fetcher(store, settings.get()).fetch(address);
        };
    }
}
