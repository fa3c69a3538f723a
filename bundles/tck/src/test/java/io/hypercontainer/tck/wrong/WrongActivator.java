// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;

/** Publishes a wrong driver for the good one that is there. */
public final class WrongActivator implements BundleActivator {
    /** The bundle's header that names the kind. */
    public static final String KIND = "Wrong-Kind";

    /** The bundle's header that names the faults. */
    public static final String FAULTS = "Wrong-Faults";

    private @Nullable ServiceTracker<?, ?> tracker;

    @Override
    public void start(BundleContext context) {
        var headers = context.getBundle().getHeaders();
        var faults = EnumSet.noneOf(Fault.class);
        Arrays.stream(headers.get(FAULTS).split(",")).map(Fault::valueOf).forEach(faults::add);
        var root = Path.of(Objects.requireNonNull(context.getProperty(HyperProperties.ROOT)));
        var all = new Faults(faults, root, new AtomicInteger());
        all.begin();
        var opened =
                switch (headers.get(KIND)) {
                    case "hypervisor" ->
                            new Replacement<>(
                                    context,
                                    Hypervisor.class,
                                    good -> new WrongHypervisor(good, all));
                    case "storage" ->
                            new Replacement<>(
                                    context,
                                    StorageDriver.class,
                                    good -> new WrongStorage(good, all));
                    default ->
                            new Replacement<>(
                                    context,
                                    NetworkDriver.class,
                                    good -> new WrongNetwork(good, all));
                };
        opened.open();
        tracker = opened;
    }

    @Override
    public void stop(BundleContext context) {
        if (tracker != null) {
            tracker.close();
        }
    }

    private interface Wrapping<T> {
        T wrap(T good);
    }

    private static final class Replacement<T extends Driver>
            extends ServiceTracker<T, ServiceRegistration<T>> {
        private final Class<T> type;
        private final Wrapping<T> wrapping;

        Replacement(BundleContext context, Class<T> type, Wrapping<T> wrapping) {
            super(context, type, null);
            this.type = type;
            this.wrapping = wrapping;
        }

        @Override
        public @Nullable ServiceRegistration<T> addingService(ServiceReference<T> reference) {
            if (context.getBundle().equals(reference.getBundle())) {
                return null; // the wrong one itself
            }
            return context.registerService(
                    type, wrapping.wrap(context.getService(reference)), null);
        }

        @Override
        public void removedService(
                ServiceReference<T> reference, ServiceRegistration<T> registration) {
            if (context.getService(registration.getReference()) instanceof AutoCloseable wrong) {
                try {
                    wrong.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            registration.unregister();
        }
    }
}
