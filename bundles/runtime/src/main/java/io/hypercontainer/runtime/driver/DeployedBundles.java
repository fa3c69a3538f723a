// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.runtime.DriverStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the framework in step with the deploy folder. A bundle there may be anything that drivers
 * or people need: a driver, a command, a library.
 */
final class DeployedBundles {
    private static final Logger LOG = LoggerFactory.getLogger(DeployedBundles.class);

    private final BundleContext context;
    private final DriverStore store;
    private final Exchange exchange;
    private final DriverProblems problems;
    private final Supplier<DriverSettings> settings;
    private final Map<String, String> refused = new ConcurrentSkipListMap<>();
    private final Map<String, Stamp> accepted = new HashMap<>();

    /** Tells a file that has changed from one that has not, without reading it. */
    private record Stamp(long size, FileTime modified) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(Files.size(file), Files.getLastModifiedTime(file));
        }
    }

    DeployedBundles(
            BundleContext context,
            DriverStore store,
            Exchange exchange,
            DriverProblems problems,
            Supplier<DriverSettings> settings) {
        this.context = context;
        this.store = store;
        this.exchange = exchange;
        this.problems = problems;
        this.settings = settings;
    }

    /** Takes out what has gone, takes in what is new; what was refused before gets another try. */
    void follow(List<Path> jars) {
        Set<String> names =
                jars.stream().map(j -> j.getFileName().toString()).collect(Collectors.toSet());
        // First, so that nobody who sees that a bundle has gone is still told of its file.
        refused.keySet().stream().filter(n -> !names.contains(n)).forEach(this::forget);
        // A file that comes back as it was is new again.
        accepted.keySet().retainAll(names);
        Map<String, Bundle> newest = new HashMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (!Locations.isDeployed(bundle) || exchange.isRetired(bundle)) {
                continue;
            }
            String file = Locations.file(bundle);
            if (!names.contains(file)) {
                LOG.info("{} has gone: removing {}", file, bundle);
                exchange.remove(bundle);
                continue;
            }
            // An earlier daemon may have left one that was replaced; ids grow.
            Bundle older = newest.put(file, bundle);
            if (older != null) {
                exchange.remove(older);
            }
        }
        // One may need what another exports, which comes later.
        boolean progress;
        do {
            progress = false;
            for (Path jar : jars) {
                progress |= take(jar);
            }
        } while (progress && !refused.isEmpty());
    }

    /** Everything is looked at again at the next {@link #follow}. */
    void reconsider() {
        accepted.clear();
    }

    private void forget(String name) {
        refused.remove(name);
        problems.solved("deploy " + name);
    }

    /** {@return whether it is there, and was not before} */
    private boolean take(Path file) {
        String name = file.getFileName().toString();
        try {
            Stamp stamp = Stamp.of(file);
            if (stamp.equals(accepted.get(name))) {
                return false;
            }
            read(name, file);
            accepted.put(name, stamp);
            forget(name);
            return true;
        } catch (HyperException e) {
            refuse(name, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            refuse(name, "deploy/" + name + " cannot be read: " + e);
        }
        return false;
    }

    private void read(String name, Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            DriverJar jar = store.stage("deploy/" + name, content, settings.get().maxBytes());
            try {
                take(name, jar);
            } finally {
                store.discard(jar.file());
            }
        }
    }

    private void refuse(String name, String why) {
        accepted.remove(name);
        refused.put(name, why);
        problems.report("deploy " + name, why);
    }

    private void take(String name, DriverJar jar) {
        String location = jar.location(Locations.deployed(name));
        Optional<Bundle> old =
                Arrays.stream(context.getBundles())
                        .filter(b -> b.getLocation().startsWith(Locations.deployed(name)))
                        .filter(b -> !exchange.isRetired(b))
                        .max(Comparator.comparingLong(Bundle::getBundleId));
        if (old.isPresent() && old.get().getLocation().equals(location)) {
            startAgain(old.get(), jar);
        } else {
            old.ifPresent(this::startUnchecked);
            exchange.exchange(old, jar, location, settings.get(), Exchange.Ask.ANYTHING, () -> {});
        }
    }

    /** After a start of the daemon, or when other signatures are asked for. */
    private void startAgain(Bundle bundle, DriverJar jar) {
        try {
            Signatures.check(jar, settings.get().trusted());
        } catch (HyperException e) {
            exchange.remove(bundle);
            throw e;
        }
        if (bundle.getState() != Bundle.ACTIVE) {
            Candidate candidate = new Candidate(context, bundle, jar.name());
            candidate.resolve();
            candidate.start();
        }
    }

    /**
     * The last good one goes on where its file was exchanged for a bad one, also after a start of
     * the daemon. Where signatures count it does not: the file is what has them.
     */
    private void startUnchecked(Bundle bundle) {
        if (bundle.getState() == Bundle.ACTIVE || settings.get().trusted().isPresent()) {
            return;
        }
        try {
            new Candidate(context, bundle, bundle.getSymbolicName()).start();
        } catch (HyperException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /** {@return what is not accepted} */
    List<DriverStatus> refused() {
        return refused.entrySet().stream()
                .map(e ->
                        new DriverStatus(
                                "",
                                e.getKey(),
                                "",
                                "",
                                -1,
                                DriverStatus.State.REFUSED,
                                false,
                                List.of(e.getValue()),
                                Map.of(),
                                List.of(),
                                0,
                                "deploy/" + e.getKey()))
                .toList();
    }
}
