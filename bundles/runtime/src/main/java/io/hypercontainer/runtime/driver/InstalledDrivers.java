// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the framework into the state that the store describes, at each start of the daemon. */
final class InstalledDrivers {
    private static final Logger LOG = LoggerFactory.getLogger(InstalledDrivers.class);

    private final BundleContext context;
    private final Path home;
    private final DriverStore store;
    private final Exchange exchange;
    private final DriverProblems problems;
    private final Supplier<DriverSettings> settings;

    InstalledDrivers(
            BundleContext context,
            Path home,
            DriverStore store,
            Exchange exchange,
            DriverProblems problems,
            Supplier<DriverSettings> settings) {
        this.context = context;
        this.home = home;
        this.store = store;
        this.exchange = exchange;
        this.problems = problems;
        this.settings = settings;
    }

    /**
     * Starts what is installed and accepted, and takes out what is not, or what a change that was
     * cut off has left.
     */
    void reconcile() {
        dropWhatTheDistributionHasNewer();
        StoredDrivers stored = store.drivers();
        for (Bundle bundle : context.getBundles()) {
            if (Locations.isInstalled(bundle) && stored.of(Locations.sha256(bundle)).isEmpty()) {
                exchange.remove(bundle);
            }
        }
        Map<Candidate, String> ready = new HashMap<>();
        for (StoredDrivers.Installed installed : stored.installed()) {
            ready(installed).ifPresent(c -> ready.put(c, installed.symbolicName()));
        }
        for (String hidden : stored.hidden()) {
            boolean wasReplaced =
                    stored.installed().stream().anyMatch(i -> i.symbolicName().equals(hidden));
            if (!wasReplaced || ready.containsValue(hidden)) {
                builtIn(hidden).ifPresent(exchange::remove);
            }
        }
        ready.forEach((candidate, name) -> start(candidate, name));
    }

    /** {@return the distribution's bundle of that name, if it is in the framework} */
    private Optional<Bundle> builtIn(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(b -> symbolicName.equals(b.getSymbolicName()))
                .filter(b -> Locations.isBuiltIn(b, home))
                .findFirst();
    }

    /**
     * A daemon that was upgraded brings drivers that fit it: older replacements have had their day.
     */
    private void dropWhatTheDistributionHasNewer() {
        for (String name : store.drivers().hidden()) {
            List<StoredDrivers.Installed> replacements =
                    store.drivers().installed().stream()
                            .filter(i -> i.symbolicName().equals(name))
                            .toList();
            Optional<Version> newer =
                    builtIn(name)
                            .map(Bundle::getVersion)
                            .filter(v ->
                                    replacements.stream()
                                            .allMatch(r ->
                                                    v.compareTo(new Version(r.version())) > 0));
            if (newer.isPresent() && !replacements.isEmpty()) {
                LOG.info("{} {} of the distribution replaces older ones", name, newer.get());
                store.commit(
                        store.drivers().without(i -> i.symbolicName().equals(name)).showing(name));
            }
        }
    }

    /** {@return the bundle, resolved; empty if it is not accepted any more} */
    private Optional<Candidate> ready(StoredDrivers.Installed installed) {
        String about = "driver " + installed.symbolicName() + " " + installed.version();
        Path file = store.jar(installed.sha256());
        try {
            DriverJar jar = DriverJar.read(about, file, installed.sha256());
            Bundle present = context.getBundle(jar.location(Locations.INSTALLED));
            try {
                Signatures.check(jar, settings.get().trusted());
            } catch (HyperException e) {
                if (present != null) {
                    exchange.remove(present);
                }
                throw e;
            }
            Bundle bundle = present == null ? install(jar) : present;
            Candidate candidate = new Candidate(context, bundle, about);
            candidate.resolve();
            problems.solved(about);
            return Optional.of(candidate);
        } catch (HyperException e) {
            problems.report(about, "an installed driver is left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Bundle install(DriverJar jar) {
        try (InputStream content = Files.newInputStream(jar.file())) {
            return context.installBundle(jar.location(Locations.INSTALLED), content);
        } catch (IOException e) {
            throw new Unavailable("cannot read " + jar.file() + ": " + e, e);
        } catch (BundleException e) {
            throw new InvalidSpec(jar.name() + ": " + Candidate.words(e), e);
        }
    }

    private void start(Candidate candidate, String name) {
        String about = "starting " + name;
        try {
            candidate.start();
            problems.solved(about);
        } catch (HyperException e) {
            problems.report(about, "an installed driver does not start: " + e.getMessage());
        }
    }
}
