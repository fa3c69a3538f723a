// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.HyperRuntime;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.log.LogLimits;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.restart.Sleeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The runtime with local drivers; can be stopped and started again on the same root. */
public final class LocalDaemon implements AutoCloseable {
    private static final Settings SETTINGS =
            new Settings(
                    "",
                    "",
                    "",
                    256L << 20,
                    1,
                    new Boot(Path.of("/proc/version"), Path.of("/proc/cpuinfo"), List.of()),
                    false,
                    Duration.ofSeconds(10),
                    Path.of("/nonexistent"),
                    0,
                    2,
                    Duration.ofSeconds(10),
                    new LogLimits(1 << 20, 2));

    private final Path root;
    private final Sleeper sleeper;

    /** Where machines live. */
    public final LocalHypervisor.Host host = new LocalHypervisor.Host();

    /** The storage driver. */
    public final LocalStorage storage = new LocalStorage();

    /** What there are images of. */
    public final LocalImages images = new LocalImages();

    /** The network driver. */
    public final LocalNetwork network = new LocalNetwork();

    private LocalHypervisor hypervisor = new LocalHypervisor(host);
    private HyperRuntime runtime;

    /**
     * @param root its state folder
     */
    public LocalDaemon(Path root) {
        this(root, Sleeper.REAL);
    }

    /**
     * @param root its state folder
     * @param sleeper lets time pass
     */
    public LocalDaemon(Path root, Sleeper sleeper) {
        this.root = root;
        this.sleeper = sleeper;
        this.runtime = new HyperRuntime(root, "1.0.0", () -> SETTINGS, sleeper);
        plugAll();
    }

    private void plugAll() {
        plugHypervisor();
        runtime.plugs().storage().slot().add(plugged((StorageDriver) storage));
        runtime.plug(plugged((NetworkDriver) network));
        runtime.plugs().images().add(plugged((Images) images));
        runtime.plugs().agents().add(plugged((GuestAgentConnector) host));
    }

    /** A new version of the hypervisor driver comes. */
    public void plugHypervisor() {
        hypervisor = new LocalHypervisor(host);
        runtime.plugs().hypervisors().slot().add(plugged((Hypervisor) hypervisor));
    }

    /** The hypervisor driver goes. */
    public void unplugHypervisor() {
        runtime.unplug(hypervisor);
    }

    private static <T> Plugged<T> plugged(T service) {
        return new Plugged<>(service, 0, 0, "local 1.0.0");
    }

    /** {@return the runtime} */
    public HyperRuntime runtime() {
        return runtime;
    }

    /** {@return its containers} */
    public Containers containers() {
        return runtime.containers();
    }

    /** The daemon ends; machines live on. */
    public void stop() {
        runtime.close();
    }

    /** Another daemon starts on the same root, without drivers. */
    public void start() {
        runtime = new HyperRuntime(root, "1.0.0", () -> SETTINGS, sleeper);
    }

    /** All drivers come to the daemon that was started. */
    public void plug() {
        plugAll();
    }

    @Override
    public void close() {
        runtime.close();
        host.alive().forEach(id -> host.guest(id).end("the test is over"));
    }
}
