// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.DriverStatus.State;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.api.storage.StorageDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.FrameworkWiring;

/** All drivers that the framework has a bundle of, as users see them. */
final class DriverTable {
    private final BundleContext context;
    private final Path home;
    private final DriverStore store;
    private final Exchange exchange;
    private final Components components;

    DriverTable(
            BundleContext context,
            Path home,
            DriverStore store,
            Exchange exchange,
            Components components) {
        this.context = context;
        this.home = home;
        this.store = store;
        this.exchange = exchange;
        this.components = components;
    }

    /**
     * @param use what the runtime knows about them
     * @return a line each
     */
    List<DriverStatus> rows(DriverUse use) {
        List<DriverInfo> plugged = use.plugged();
        List<DriverStatus> rows = new ArrayList<>();
        for (Bundle bundle : bundles().toList()) {
            for (Provided provided : Provided.by(bundle)) {
                rows.add(row(bundle, provided, plugged, use));
            }
        }
        rows.sort(
                Comparator.comparing(DriverStatus::kind)
                        .thenComparing(DriverStatus::name)
                        .thenComparingLong(DriverStatus::bundleId));
        return rows;
    }

    private Stream<Bundle> bundles() {
        return Arrays.stream(context.getBundles()).filter(b -> !exchange.isRetired(b));
    }

    /** {@return the bundle that has the name and version of a jar} */
    Optional<Bundle> withName(DriverJar jar) {
        return bundles()
                .filter(b -> jar.symbolicName().equals(b.getSymbolicName()))
                .filter(b -> jar.version().equals(b.getVersion()))
                .findFirst();
    }

    boolean isBuiltIn(Bundle bundle) {
        return Locations.isBuiltIn(bundle, home);
    }

    Bundle bundle(long id) {
        Bundle bundle = context.getBundle(id);
        if (bundle == null) {
            throw new Conflict("bundle " + id + " has just been removed");
        }
        return bundle;
    }

    private DriverStatus row(
            Bundle bundle, Provided provided, List<DriverInfo> plugged, DriverUse use) {
        String title = bundle.getSymbolicName() + " " + bundle.getVersion();
        boolean serves = use.serves(provided.kind(), provided.name(), title);
        Optional<DriverInfo> info =
                plugged.stream()
                        .filter(i -> i.kind().equals(provided.kind()))
                        .filter(i -> i.name().equals(provided.name()) && i.bundle().equals(title))
                        .findFirst();
        return new DriverStatus(
                provided.kind(),
                provided.name(),
                bundle.getSymbolicName(),
                bundle.getVersion().toString(),
                bundle.getBundleId(),
                info.map(i -> state(i, serves)).orElse(State.STOPPED),
                serves && info.filter(DriverInfo::standard).isPresent(),
                info.map(DriverInfo::reasons).orElseGet(() -> whyNot(bundle)),
                info.map(DriverInfo::facts).orElse(Map.of()),
                info.isPresent() ? capabilities(bundle, provided) : List.of(),
                use.uses(provided.kind(), provided.name(), title),
                source(bundle));
    }

    private static State state(DriverInfo info, boolean serves) {
        if (!info.usable()) {
            return State.UNUSABLE;
        }
        return serves ? State.ACTIVE : State.STANDBY;
    }

    private List<String> whyNot(Bundle bundle) {
        if (bundle.getState() == Bundle.ACTIVE) {
            return List.of(
                    components.trouble(bundle).orElse("its bundle runs, but publishes no service"));
        }
        if (bundle.getState() == Bundle.INSTALLED) {
            List<String> missing =
                    new Requirements(context.getBundle(0).adapt(FrameworkWiring.class))
                            .missing(bundle);
            if (!missing.isEmpty()) {
                return missing;
            }
        }
        return List.of("its bundle is stopped: start it with 'felix:start' in the shell");
    }

    private List<String> capabilities(Bundle bundle, Provided provided) {
        Optional<Published> published = Published.find(context, bundle, provided);
        if (published.isEmpty()) {
            return List.of();
        }
        try (Published held = published.get()) {
            return capabilities(held.driver()).sorted().toList();
        }
    }

    private static Stream<String> capabilities(Driver driver) {
        return switch (driver) {
            case Hypervisor hypervisor -> hypervisor.capabilities().stream().map(Object::toString);
            case StorageDriver storage ->
                    storage.forms().stream()
                            .map(f -> f.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            case NetworkDriver network ->
                    network.networks().stream().map(Network::name).map(n -> "network:" + n);
            default -> Stream.of();
        };
    }

    private String source(Bundle bundle) {
        if (Locations.isInstalled(bundle)) {
            return store.drivers()
                    .of(Locations.sha256(bundle))
                    .map(StoredDrivers.Installed::source)
                    .orElse("");
        }
        if (Locations.isDeployed(bundle)) {
            return "deploy/" + Locations.file(bundle);
        }
        return isBuiltIn(bundle) ? "built-in" : "framework";
    }
}
