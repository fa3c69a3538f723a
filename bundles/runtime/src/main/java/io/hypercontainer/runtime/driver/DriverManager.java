// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Doctor;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.runtime.config.HyperdFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the installed and deployed bundles in the framework, and changes them one at a time. It is
 * there before the runtime, so that a driver that was replaced is never used.
 */
@Component(service = DriverManager.class, configurationPid = "hyper.drivers")
@Designate(ocd = DriverConfig.class)
public final class DriverManager {
    private static final Logger LOG = LoggerFactory.getLogger(DriverManager.class);
    private static final int LAST_CHANGE_SECONDS = 60;

    private final HyperdFile file;
    private final DriverProblems problems = new DriverProblems();
    private final DriverStore store;
    private final DriverTable table;
    private final Exchange exchange;
    private final InstalledDrivers installed;
    private final DeployedBundles deployed;
    private final @Nullable DeployFolder deploy;
    private volatile DriverSettings settings;

    /** A client that goes away must not leave a driver half exchanged: changes have a thread. */
    private final ExecutorService changes =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("hyper-drivers").factory());

    /**
     * Starts the bundles that were installed.
     *
     * @param context the bundle's
     * @param config ConfigAdmin's configuration
     * @param runtime knows why components do not come up
     */
    @Activate
    public DriverManager(
            BundleContext context,
            DriverConfig config,
            @Reference ServiceComponentRuntime runtime) {
        Path root = Path.of(property(context, HyperProperties.ROOT, "/var/lib/hyper"));
        Path home = Path.of(property(context, HyperProperties.HOME, "/usr/lib/hyper"));
        String path = property(context, "hyper.config", "");
        file = path.isEmpty() ? HyperdFile.NONE : HyperdFile.read(Path.of(path));
        settings = settings(config);
        store = new DriverStore(root.resolve("drivers"));
        Components components = new Components(runtime);
        exchange = new Exchange(context, components);
        table = new DriverTable(context, home, store, exchange, components);
        installed = new InstalledDrivers(context, home, store, exchange, problems, this::settings);
        deployed = new DeployedBundles(context, store, exchange, problems, this::settings);
        try {
            store.load();
        } catch (HyperException e) {
            problems.report("drivers", String.valueOf(e.getMessage()));
        }
        installed.reconcile();
        deploy = folder(root.resolve("deploy"));
        if (deploy != null) {
            // Not before the field is set: what follows the folder reads it in another thread.
            deploy.start();
        }
    }

    private @Nullable DeployFolder folder(Path folder) {
        try {
            return new DeployFolder(folder, () -> change(this::follow));
        } catch (IOException e) {
            problems.report("deploy", "the folder " + folder + " cannot be watched: " + e);
            return null;
        }
    }

    private static String property(BundleContext context, String name, String otherwise) {
        String value = context.getProperty(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private DriverSettings settings(DriverConfig config) {
        return DriverSettings.of(config, file, Path.of(System.getProperty("user.home", "/root")));
    }

    private DriverSettings settings() {
        return settings;
    }

    /**
     * Looks at all bundles again: other signatures may be asked for now.
     *
     * @param config ConfigAdmin's configuration
     */
    @Modified
    void configure(DriverConfig config) {
        settings = settings(config);
        var _ =
                changes.submit(() -> {
                    deployed.reconsider();
                    installed.reconcile();
                    return follow();
                });
    }

    @Deactivate
    void close() {
        if (deploy != null) {
            deploy.close();
        }
        changes.shutdown();
        try {
            if (!changes.awaitTermination(LAST_CHANGE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a change of drivers does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Void follow() {
        if (deploy != null) {
            deployed.follow(deploy.jars());
        }
        return null;
    }

    /**
     * Runs a change when no other runs. Once begun it is finished, whether or not it is awaited.
     */
    <T extends @Nullable Object> T change(Callable<T> change) {
        try {
            Future<T> done = changes.submit(change);
            return done.get();
        } catch (RejectedExecutionException e) {
            throw new Unavailable("the daemon is stopping", e);
        } catch (InterruptedException e) {
            throw new Interrupted("changing a driver, which goes on without you", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        }
    }

    /**
     * @param use what the runtime knows about its drivers
     * @return the facade
     */
    public Drivers drivers(DriverUse use) {
        return new DriverService(
                this, store, table, exchange, deployed, use, this::settings, Clock.systemUTC());
    }

    /**
     * @param info the system as the runtime sees it
     * @return with what is wrong about drivers
     */
    public SystemInfo describe(SystemInfo info) {
        return problems.addedTo(info);
    }

    /**
     * Adds what is wrong with the bundles of drivers to what is wrong on the host.
     *
     * @param doctor finds the rest
     * @return finds both
     */
    public Doctor examinedBy(Doctor doctor) {
        return new Doctor() {
            @Override
            public List<Finding> examine() {
                List<Finding> all = new ArrayList<>(doctor.examine());
                problems.all().forEach(p -> all.add(new Finding("daemon", "drivers", p, false)));
                return all;
            }

            @Override
            public List<Finding> collect() {
                return doctor.collect();
            }
        };
    }
}
