// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a bundle into the framework, in the place of another or in addition. The new one has to
 * prove itself first; if it does not, the framework is as it was before.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final BundleContext context;
    private final Components components;
    private final Map<String, Bundle> retired = new ConcurrentHashMap<>();

    Exchange(BundleContext context, Components components) {
        this.context = context;
        this.components = components;
    }

    /** What is asked of a bundle. */
    enum Ask {
        /** It must have a driver. */
        DRIVER,
        /** It may have drivers, commands, or what others import. */
        ANYTHING
    }

    /**
     * @param old the bundle that it replaces
     * @param jar the new bundle
     * @param location where the framework shall think that it comes from
     * @param settings how long it may take, and whose signature it needs
     * @param ask what is asked of it
     * @param commit makes the change durable, when the new bundle has proved itself
     * @return the new bundle, started
     */
    Bundle exchange(
            Optional<Bundle> old,
            DriverJar jar,
            String location,
            DriverSettings settings,
            Ask ask,
            Runnable commit) {
        Signatures.check(jar, settings.trusted());
        Optional.ofNullable(retired.remove(jar.symbolicName())).ifPresent(this::remove);
        Bundle fresh = install(jar, location);
        try {
            Candidate candidate = new Candidate(context, fresh, jar.name());
            List<Provided> drivers = Provided.by(fresh);
            if (ask == Ask.DRIVER && drivers.isEmpty()) {
                throw new InvalidSpec(
                        jar.name()
                                + " has no driver: its manifest has no capability hyper.driver"
                                + " (@ProvidesDriver writes it)");
            }
            old.ifPresent(o -> mustKeepDrivers(o, drivers, jar));
            mustBeAlone(fresh, old, drivers);
            candidate.resolve();
            boolean ran = old.map(Exchange::stop).orElse(false);
            try {
                candidate.start();
                candidate.prove(drivers, settings.startTime(), components::trouble);
                commit.run();
            } catch (RuntimeException e) {
                uninstall(fresh);
                if (ran) {
                    old.ifPresent(Exchange::startAgain);
                }
                throw e;
            }
        } catch (RuntimeException e) {
            uninstall(fresh);
            throw e;
        }
        old.ifPresent(this::retire);
        LOG.info(
                "{} {}",
                jar.title(),
                old.map(o -> "takes the place of " + title(o)).orElse("has come"));
        return fresh;
    }

    /**
     * A bundle without its jar can load no further class, and something may go on in it, such as
     * the import of a layer: so it stays, stopped, until it is exchanged once more or the daemon
     * starts again.
     */
    private void retire(Bundle bundle) {
        Optional.ofNullable(retired.put(bundle.getSymbolicName(), bundle)).ifPresent(this::remove);
    }

    /** {@return whether a bundle has been replaced, and is there for what goes on in it only} */
    boolean isRetired(Bundle bundle) {
        return retired.containsValue(bundle);
    }

    private Bundle install(DriverJar jar, String location) {
        try (InputStream content = Files.newInputStream(jar.file())) {
            return context.installBundle(location, content);
        } catch (IOException e) {
            throw new Unavailable("cannot read " + jar.name() + ": " + e, e);
        } catch (BundleException e) {
            throw new InvalidSpec(jar.name() + " cannot be installed: " + Candidate.words(e), e);
        }
    }

    private static void mustKeepDrivers(Bundle old, List<Provided> drivers, DriverJar jar) {
        List<Provided> lost = new ArrayList<>(Provided.by(old));
        lost.removeAll(drivers);
        if (!lost.isEmpty()) {
            throw new InvalidSpec(
                    jar.name()
                            + " is no new version of "
                            + title(old)
                            + ": it has no "
                            + lost.getFirst());
        }
    }

    /** Of what keeps its things in a folder or a table of its own there can only be one. */
    private void mustBeAlone(Bundle fresh, Optional<Bundle> old, List<Provided> drivers) {
        for (Provided provided : drivers) {
            if (provided.kind().equals("hypervisor")) {
                continue;
            }
            Arrays.stream(context.getBundles())
                    .filter(b -> !b.equals(fresh) && (old.isEmpty() || !b.equals(old.get())))
                    .filter(b -> b.getState() == Bundle.ACTIVE)
                    .filter(b -> Provided.by(b).contains(provided))
                    .findFirst()
                    .ifPresent(other -> {
                        throw new Conflict(
                                "there is a "
                                        + provided
                                        + " already ("
                                        + title(other)
                                        + "): exchange it with 'driver update "
                                        + provided.name()
                                        + "'");
                    });
        }
    }

    private static String title(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    /** {@return whether it ran} */
    private static boolean stop(Bundle bundle) {
        boolean ran = bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING;
        UsageNotes.clear(bundle);
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException e) {
            LOG.warn("{} did not stop in good order", bundle, e);
        }
        return ran;
    }

    private static void startAgain(Bundle bundle) {
        try {
            bundle.start(Bundle.START_TRANSIENT);
        } catch (BundleException e) {
            LOG.error("{} does not start again", bundle, e);
        }
    }

    /** Takes a bundle out of the framework. */
    void remove(Bundle bundle) {
        if (bundle.getState() == Bundle.UNINSTALLED) {
            return;
        }
        stop(bundle);
        uninstall(bundle);
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        if (framework.getRemovalPendingBundles().contains(bundle)) {
            // Others still use its packages: without a refresh it would never be gone.
            framework.refreshBundles(List.of(bundle));
        }
    }

    private static void uninstall(Bundle bundle) {
        if (bundle.getState() == Bundle.UNINSTALLED) {
            return;
        }
        try {
            bundle.uninstall();
        } catch (BundleException e) {
            LOG.warn("{} was not uninstalled", bundle, e);
        }
    }
}
