// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.driver.DriverUse;
import io.hypercontainer.runtime.log.ContainerLog;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.RunRecord;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The runtime, put together. Closing it leaves the containers running. */
public final class HyperRuntime implements Runtime, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Clock clock = Clock.systemUTC();
    private final Plugs plugs = Plugs.empty(PATIENCE);
    private final ContainerIndex index = new ContainerIndex();
    private final Problems problems = new Problems();
    private final Threads threads = new Threads();
    private final Supplier<Settings> settings;
    private final ContainerService containers;
    private final VolumeService volumes;
    private final InfoCollector info;

    /**
     * Reads the state folder and takes over, as soon as their drivers come, what an earlier daemon
     * left.
     *
     * @param root the daemon's state folder
     * @param version the daemon's version
     * @param settings the configuration in effect
     */
    public HyperRuntime(Path root, String version, Supplier<Settings> settings) {
        this.settings = settings;
        ContainerStore store = new ContainerStore(root, clock);
        VolumeClaims claims = new VolumeClaims();
        Leftovers leftovers = new Leftovers(plugs, store, claims, root);
        Remover remover = new Remover(plugs, store, index, leftovers);
        Ending ending = new Ending(plugs, store, leftovers, remover, problems, threads, clock);
        Supervisor supervisor = new Supervisor(plugs, ending, threads);
        containers =
                new ContainerService(
                        index,
                        new Creator(plugs, store, index, remover, settings, clock),
                        new Starter(plugs, store, claims, leftovers, threads, settings, clock),
                        new Stopper(plugs),
                        new Executor(supervisor, clock),
                        supervisor,
                        ending,
                        remover,
                        PATIENCE,
                        clock);
        volumes = new VolumeService(plugs, index, settings);
        info = new InfoCollector(version, root, plugs, index, problems, settings);
        load(
                store,
                new Recovery(plugs, index, claims, supervisor, ending, remover, problems, threads));
    }

    private void load(ContainerStore store, Recovery recovery) {
        ContainerStore.Contents contents = store.load();
        report("state", contents.problems());
        List<ManagedContainer> loaded =
                contents.containers().stream().map(record -> managed(store, record)).toList();
        // Threads come last: nothing of this constructor can fail after it has started one.
        loaded.forEach(this::index);
        loaded.forEach(recovery::begin);
    }

    private ManagedContainer managed(ContainerStore store, ContainerRecord record) {
        return new ManagedContainer(
                record,
                store.run(record.id()),
                new ContainerLog(
                        store.folder(record.id()), record.id(), settings.get().log(), clock));
    }

    private void index(ManagedContainer container) {
        if (container.record().phase() instanceof Phase.Removing) {
            return;
        }
        try {
            index.add(container);
        } catch (Conflict e) {
            problems.report("name " + container.id(), String.valueOf(e.getMessage()));
        }
    }

    /**
     * Notes problems that others found, for whoever asks how the daemon is.
     *
     * @param about what they are about
     * @param lines one line each
     */
    public void report(String about, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            problems.report(about + " " + i, lines.get(i));
        }
    }

    /** {@return what is plugged in; add services here as they come, and remove them as they go} */
    public Plugs plugs() {
        return plugs;
    }

    /**
     * A network driver comes: it is told what running containers hold of it.
     *
     * @param driver the driver
     */
    public void plug(Plugged<NetworkDriver> driver) {
        for (ManagedContainer container : index.all()) {
            container
                    .held()
                    .flatMap(RunRecord::endpoint)
                    .filter(e -> e.driver().equals(driver.service().name()))
                    .ifPresent(e -> adopt(driver.service(), e));
        }
        plugs.networks().slot().add(driver);
    }

    private void adopt(NetworkDriver driver, Endpoint endpoint) {
        String about = "endpoint " + endpoint.pod();
        try {
            driver.adopt(endpoint);
            problems.solved(about);
        } catch (HyperException e) {
            problems.report(
                    about,
                    "the network of container "
                            + endpoint.pod().substring(0, 12)
                            + " could not be taken over: "
                            + e.getMessage());
        }
    }

    /**
     * A hypervisor driver goes: whoever waits in it is called back.
     *
     * @param driver the driver
     */
    public void unplug(Hypervisor driver) {
        Hypervisor gone = plugs.hypervisors().unplug(driver).orElse(driver);
        for (ManagedContainer container : index.all()) {
            container
                    .run()
                    .filter(run -> run.machine().release(gone))
                    .ifPresent(Run::interruptWatcher);
        }
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public SystemInfo info() {
        return info.collect();
    }

    /** {@return what its containers have on which driver} */
    public DriverUse driverUse() {
        return new DriverUsage(plugs, index, info::drivers);
    }

    @Override
    public Drivers drivers() {
        throw new Unsupported("a runtime outside of the framework", "bundles");
    }

    @Override
    public void close() {
        threads.forbid();
        for (ManagedContainer container : index.all()) {
            container.run().ifPresent(Run::disconnect);
        }
        threads.close();
        index.all().forEach(ManagedContainer::abandon);
    }
}
