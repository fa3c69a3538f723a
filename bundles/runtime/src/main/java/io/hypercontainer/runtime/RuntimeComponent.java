// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Doctor;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.config.HyperdFile;
import io.hypercontainer.runtime.config.RuntimeConfig;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.driver.DriverManager;
import io.hypercontainer.runtime.plug.InFlight;
import io.hypercontainer.runtime.plug.Plugged;
import java.nio.file.Path;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The runtime as a service. Everything that it uses comes and goes without touching it, so that
 * containers and whoever is attached to them go on.
 */
@Component(configurationPid = "hyper.runtime", immediate = true, service = Runtime.class)
@Designate(ocd = RuntimeConfig.class)
public final class RuntimeComponent implements Runtime {
    /** Path of hyperd's configuration file, from its command line. */
    private static final String CONFIG = "hyper.config";

    /** Whether hyperd's command line says that containers end with it. */
    private static final String STOP_ALL = "hyper.stopAll";

    /** Whether hyperd's command line asks for hardware virtualization. */
    private static final String REQUIRE_HARDWARE = "hyper.requireHardware";

    private final Path home;
    private final boolean requireHardware;
    private final HyperdFile file;
    private final HyperRuntime runtime;
    private final DriverManager drivers;
    private volatile Settings settings;

    /**
     * Reads configuration and state.
     *
     * @param context the bundle's
     * @param config ConfigAdmin's configuration
     * @param drivers keeps the bundles with drivers
     */
    @Activate
    public RuntimeComponent(
            BundleContext context, RuntimeConfig config, @Reference DriverManager drivers) {
        this.drivers = drivers;
        Path root = Path.of(property(context, HyperProperties.ROOT, "/var/lib/hyper"));
        home = Path.of(property(context, HyperProperties.HOME, "/usr/lib/hyper"));
        requireHardware = Boolean.parseBoolean(property(context, REQUIRE_HARDWARE, "false"));
        String path = property(context, CONFIG, "");
        file = path.isEmpty() ? HyperdFile.NONE : HyperdFile.read(Path.of(path));
        settings = Settings.of(config, file, home, requireHardware);
        String version = context.getBundle().getVersion().toString();
        runtime = new HyperRuntime(root, version, this::settings);
        runtime.report("configuration", file.warnings());
        if (Boolean.parseBoolean(property(context, STOP_ALL, "false"))) {
            // Later, when this component is stopped, drivers may be gone.
            context.addBundleListener((SynchronousBundleListener) this::stopAllAtTheEnd);
        }
    }

    private void stopAllAtTheEnd(BundleEvent event) {
        boolean daemonEnds =
                event.getType() == BundleEvent.STOPPING
                        && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID;
        if (daemonEnds) {
            runtime.stopAll();
        }
    }

    private static String property(BundleContext context, String name, String otherwise) {
        String value = context.getProperty(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private Settings settings() {
        return settings;
    }

    @Modified
    void configure(RuntimeConfig config) {
        settings = Settings.of(config, file, home, requireHardware);
    }

    @Deactivate
    void close() {
        runtime.close();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindHypervisor")
    void bindHypervisor(Hypervisor driver, ServiceReference<Hypervisor> reference) {
        runtime.plugs()
                .hypervisors()
                .slot()
                .add(
                        plugged(
                                InFlight.counting(
                                        Hypervisor.class,
                                        driver,
                                        runtime.plugs().hypervisors()::await),
                                reference));
    }

    void unbindHypervisor(Hypervisor driver) {
        runtime.unplug(driver);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindStorage")
    void bindStorage(StorageDriver driver, ServiceReference<StorageDriver> reference) {
        runtime.plugs()
                .storage()
                .slot()
                .add(
                        plugged(
                                InFlight.counting(
                                        StorageDriver.class,
                                        driver,
                                        runtime.plugs().storage()::await),
                                reference));
    }

    void unbindStorage(StorageDriver driver) {
        runtime.plugs().storage().unplug(driver);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindNetwork")
    void bindNetwork(NetworkDriver driver, ServiceReference<NetworkDriver> reference) {
        runtime.plug(
                plugged(
                        InFlight.counting(
                                NetworkDriver.class, driver, runtime.plugs().networks()::await),
                        reference));
    }

    void unbindNetwork(NetworkDriver driver) {
        runtime.plugs().networks().unplug(driver);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindImages")
    void bindImages(Images images, ServiceReference<Images> reference) {
        runtime.plugs().images().add(plugged(images, reference));
    }

    void unbindImages(Images images) {
        runtime.plugs().images().remove(images);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindAgents")
    void bindAgents(
            GuestAgentConnector connector, ServiceReference<GuestAgentConnector> reference) {
        runtime.plugs().agents().add(plugged(connector, reference));
    }

    void unbindAgents(GuestAgentConnector connector) {
        runtime.plugs().agents().remove(connector);
    }

    private static <T> Plugged<T> plugged(T service, ServiceReference<? extends T> reference) {
        int ranking =
                reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer number
                        ? number
                        : 0;
        long age = reference.getProperty(Constants.SERVICE_ID) instanceof Long number ? number : 0;
        Bundle bundle = reference.getBundle();
        String name = bundle == null ? "" : bundle.getSymbolicName() + " " + bundle.getVersion();
        return new Plugged<>(service, ranking, age, name);
    }

    @Override
    public Containers containers() {
        return runtime.containers();
    }

    @Override
    public io.hypercontainer.api.runtime.Pods pods() {
        return runtime.pods();
    }

    @Override
    public io.hypercontainer.api.runtime.Events events() {
        return runtime.events();
    }

    @Override
    public Doctor doctor() {
        return drivers.examinedBy(runtime.doctor());
    }

    @Override
    public Volumes volumes() {
        return runtime.volumes();
    }

    @Override
    public Drivers drivers() {
        return drivers.drivers(runtime.driverUse());
    }

    @Override
    public SystemInfo info() {
        return drivers.describe(runtime.info());
    }
}
