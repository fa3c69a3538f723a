// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.driver.Driver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * As much of a daemon as a driver sees: a framework with the distribution's drivers, the guest
 * connection and the vendor's bundle in it, on a state folder. The checks play the runtime.
 */
public final class Daemon implements AutoCloseable {
    /** The runtime is played, and nobody needs a shell. */
    private static final Set<String> ABSENT =
            Set.of(
                    "io.hypercontainer.api",
                    "io.hypercontainer.image",
                    "io.hypercontainer.runtime",
                    "io.hypercontainer.shell",
                    "org.apache.felix.fileinstall",
                    "org.apache.felix.gogo.command",
                    "org.apache.felix.gogo.jline",
                    "org.apache.felix.gogo.runtime");

    private static final long PATIENCE = Duration.ofSeconds(15).toMillis();

    private final Setup setup;
    private final Framework framework;
    private final Bundle vendor;

    private Daemon(Setup setup, Framework framework, Bundle vendor) {
        this.setup = setup;
        this.framework = framework;
        this.vendor = vendor;
    }

    /**
     * @param root the state folder; what an earlier daemon left there is this one's
     * @throws Unfit if the vendor's bundle cannot be started, or has no such driver
     */
    public static Daemon start(Setup setup, Path root) {
        var jar = DriverJar.read(setup.jar());
        try {
            var framework =
                    new FrameworkFactory().newFramework(FrameworkProperties.of(setup, root));
            framework.start();
            try {
                return start(setup, framework, jar);
            } catch (IOException | BundleException | RuntimeException e) {
                framework.stop();
                framework.waitForStop(PATIENCE);
                throw e;
            }
        } catch (IOException | BundleException e) {
            throw new Unfit("the framework does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unfit("interrupted", e);
        }
    }

    /** Has a look at a driver, in a state folder that is deleted again. */
    public static void look(Setup setup, Consumer<Driver> look) {
        var root = Folders.makeRoot();
        try (var daemon = start(setup, root)) {
            look.accept(daemon.driver());
        } finally {
            Folders.delete(root);
        }
    }

    private static Daemon start(Setup setup, Framework framework, DriverJar jar)
            throws IOException, BundleException {
        var context = framework.getBundleContext();
        var settings = Settings.parse(setup.options(), jar.pids());
        var others = new ArrayList<Bundle>();
        for (var file : Stream.concat(files(setup.bundles()), setup.with().stream()).toList()) {
            var name = DriverJar.read(file).name();
            if (!ABSENT.contains(name) && !name.equals(jar.name())) {
                others.add(context.installBundle(file.toUri().toString()));
            }
        }
        for (var bundle : others) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null
                    && bundle.getHeaders().get("Service-Component") == null) {
                bundle.start();
            }
        }
        // Settings first: no driver shall begin with others.
        Await.value("the configuration service", () -> service(context, ConfigurationAdmin.class));
        settings.apply(service(context, ConfigurationAdmin.class).orElseThrow());
        for (var bundle : others) {
            if (bundle.getHeaders().get("Service-Component") != null) {
                bundle.start();
            }
        }
        var vendor = context.installBundle(jar.file().toUri().toString());
        var wiring = framework.adapt(FrameworkWiring.class);
        if (!wiring.resolveBundles(List.of(vendor))) {
            throw new Unfit(
                    jar.name() + " does not resolve:\n" + new Requirements(wiring).missing(vendor));
        }
        try {
            vendor.start();
        } catch (BundleException e) {
            throw new Unfit(jar.name() + " does not start: " + reason(e), e);
        }
        var daemon = new Daemon(setup, framework, vendor);
        daemon.awaitDriver();
        return daemon;
    }

    private static String reason(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList().stream();
        }
    }

    private static <T> Optional<T> service(
            org.osgi.framework.BundleContext context, Class<T> type) {
        return Optional.ofNullable(context.getServiceReference(type)).map(context::getService);
    }

    private void awaitDriver() {
        var end = System.nanoTime() + Duration.ofMillis(PATIENCE).toNanos();
        while (vendors().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new Unfit(
                        "%s %s has started, and publishes no service %s: is its component annotated, and what it refers to there?"
                                .formatted(
                                        vendor.getSymbolicName(),
                                        vendor.getVersion(),
                                        setup.kind().service().getSimpleName()));
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unfit("interrupted", e);
            }
        }
    }

    private Optional<Driver> vendors() {
        return references(setup.kind().service()).stream()
                .filter(r -> vendor.equals(r.getBundle()))
                .<Driver>map(this::get)
                .findFirst();
    }

    private <T> List<ServiceReference<T>> references(Class<T> type) {
        try {
            return framework.getBundleContext().getServiceReferences(type, null).stream()
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T get(ServiceReference<? extends T> reference) {
        var service = framework.getBundleContext().getService(reference);
        if (service == null) {
            throw new AssertionError(reference + " is gone");
        }
        return service;
    }

    /** {@return the driver that is checked} */
    public Driver driver() {
        return vendors().orElseThrow(() -> new AssertionError("the driver is not there any more"));
    }

    /** {@return whether the driver that is checked is there} */
    public boolean hasDriver() {
        return vendors().isPresent();
    }

    /** {@return the distribution's driver, or the checked one if it is of this type} */
    public <T extends Driver> T driver(Class<T> type) {
        if (type == setup.kind().service()) {
            return type.cast(driver());
        }
        return Await.value(
                "a driver that can work: " + type.getSimpleName(),
                () ->
                        references(type).stream()
                                .filter(r -> !vendor.equals(r.getBundle()))
                                .<T>map(this::get)
                                .filter(d -> d.probe().usable())
                                .findFirst());
    }

    /** {@return the connection to guests} */
    public GuestAgentConnector agents() {
        return Await.value(
                "the guest connection",
                () -> service(framework.getBundleContext(), GuestAgentConnector.class));
    }

    /** Stops the vendor's bundle, as an update does. */
    public void stopDriver() {
        try {
            vendor.stop();
        } catch (BundleException e) {
            throw new AssertionError("the bundle does not stop: " + reason(e), e);
        }
    }

    /** Starts it again. */
    public void startDriver() {
        try {
            vendor.start();
        } catch (BundleException e) {
            throw new AssertionError("the bundle does not start again: " + reason(e), e);
        }
        awaitDriver();
    }

    @Override
    public void close() {
        try {
            framework.stop();
            framework.waitForStop(PATIENCE);
        } catch (BundleException e) {
            throw new AssertionError("the framework does not stop: " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
