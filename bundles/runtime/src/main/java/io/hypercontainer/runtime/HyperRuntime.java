// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.api.runtime.Events;
import io.hypercontainer.api.runtime.Pods;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.Templates;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.driver.DriverUse;
import io.hypercontainer.runtime.event.EventLimits;
import io.hypercontainer.runtime.event.EventLog;
import io.hypercontainer.runtime.health.HealthMonitor;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.restart.Sleeper;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.FileShelf;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.template.Spares;
import io.hypercontainer.runtime.template.TemplateStore;
import io.hypercontainer.runtime.template.VmFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The runtime, put together. Closing it leaves the containers running. */
public final class HyperRuntime implements Runtime, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Each keeps a guest busy for a moment, and so the host. */
    private static final int CHECKS_AT_ONCE = 8;

    private static final Duration CHECK_PATIENCE = Duration.ofSeconds(10);

    private final Clock clock = Clock.systemUTC();
    private final Plugs plugs = Plugs.empty(PATIENCE);
    private final Index<ManagedContainer> containerIndex = new Index<>("container");
    private final Index<ManagedPod> podIndex = new Index<>("pod");
    private final Problems problems = new Problems();
    private final Threads threads = new Threads();
    private final ContainerService containers;
    private final PodService pods;
    private final EventLog events;
    private final Happenings happenings;
    private final Restarter restarter;
    private final String version;
    private final VolumeService volumes;
    private final TemplateService templates;
    private final VmFactory factory;
    private final Shutdown shutdown;
    private final DoctorService doctor;
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
        this(root, version, settings, Sleeper.REAL);
    }

    /**
     * As above, in a time of its own.
     *
     * @param root the daemon's state folder
     * @param version the daemon's version
     * @param settings the configuration in effect
     * @param sleeper lets the time pass between restarts and between health checks
     */
    public HyperRuntime(Path root, String version, Supplier<Settings> settings, Sleeper sleeper) {
        this.version = version;
        ContainerStore containerStore = new ContainerStore(root, clock);
        FileShelf shelf = new FileShelf(containerStore);
        PodStore podStore = new PodStore(root, clock);
        VolumeClaims claims = new VolumeClaims();
        events = new EventLog(root, EventLimits.STANDARD, clock, this::eventsInTrouble);
        happenings = new Happenings(events, clock);
        HealthMonitor monitor =
                new HealthMonitor(CHECKS_AT_ONCE, threads::start, sleeper, clock, CHECK_PATIENCE);
        Leftovers leftovers = new Leftovers(plugs, podStore, claims, root);
        Plugger plugger = new Plugger(plugs, podStore, claims);
        TemplateStore templateStore = new TemplateStore(root, clock);
        Spares spares =
                new Spares(
                        plugs,
                        root,
                        settings.get().guest(),
                        () -> settings.get().bootTimeout(),
                        () -> Math.min(settings.get().spares(), HostFacts.mostSpares()),
                        HostFacts::hasSpareMemory,
                        threads::start,
                        clock);
        factory =
                new VmFactory(
                        plugs,
                        templateStore,
                        spares,
                        () -> settings.get().templates(),
                        () -> settings.get().bootTimeout(),
                        threads::start,
                        clock);
        Booter booter =
                new Booter(
                        plugs, podStore, claims, leftovers, plugger, factory, threads, settings,
                        clock);
        templates = new TemplateService(plugs, containerIndex, templateStore, factory, booter);
        Machines machines =
                new Machines(
                        plugs,
                        podStore,
                        booter,
                        plugger,
                        leftovers,
                        happenings,
                        problems,
                        threads,
                        PATIENCE);
        Identities identities = new Identities(containerIndex, podIndex);
        volumes = new VolumeService(plugs, containerIndex, identities::hex, happenings, settings);
        Remover remover =
                new Remover(
                        plugs,
                        containerStore,
                        podStore,
                        containerIndex,
                        podIndex,
                        machines,
                        volumes,
                        happenings);
        Ending ending =
                new Ending(
                        containerStore,
                        machines,
                        remover,
                        monitor,
                        happenings,
                        problems,
                        this::restart,
                        clock);
        Reunion reunion = new Reunion(containerStore, clock);
        Supervisor supervisor = new Supervisor(plugs, ending, reunion, threads);
        DriverChoice drivers = new DriverChoice(plugs, settings);
        Creator creator =
                new Creator(
                        plugs,
                        containerStore,
                        shelf,
                        containerIndex,
                        identities,
                        drivers,
                        volumes,
                        remover,
                        happenings,
                        settings,
                        clock);
        PodCreator podCreator =
                new PodCreator(podStore, podIndex, identities, drivers, creator, happenings, clock);
        Pauser pauser = new Pauser(plugs, reunion, monitor, happenings, PATIENCE);
        Renamer renamer =
                new Renamer(containerStore, podStore, containerIndex, podIndex, happenings);
        Executor executor = new Executor(supervisor, happenings, PATIENCE, clock);
        HealthKeeper health = new HealthKeeper(monitor, executor, happenings);
        Starter starter =
                new Starter(
                        containerStore,
                        machines,
                        supervisor,
                        new FileInjector(shelf),
                        health,
                        happenings,
                        PATIENCE,
                        clock);
        restarter =
                new Restarter(
                        plugs,
                        containerStore,
                        starter,
                        supervisor,
                        problems,
                        threads,
                        sleeper,
                        clock);
        Runs runs = new Runs(PATIENCE);
        MachineCosts costs = new MachineCosts(plugs, podIndex);
        ContainerEnder containerEnder =
                new ContainerEnder(
                        containerStore,
                        runs,
                        new Stopper(plugs, PATIENCE),
                        pauser,
                        remover,
                        restarter,
                        happenings,
                        PATIENCE,
                        clock);
        PodChanger changer = new PodChanger(plugs, podStore, plugger, happenings, PATIENCE);
        containers =
                new ContainerService(
                        containerIndex,
                        runs,
                        podCreator,
                        starter,
                        executor,
                        supervisor,
                        ending,
                        containerEnder,
                        pauser,
                        renamer,
                        happenings,
                        new Updater(containerStore, changer, happenings, PATIENCE),
                        new Visits(
                                machines,
                                booter,
                                plugger,
                                new Comparer(plugs, plugger, identities),
                                leftovers,
                                PATIENCE),
                        new ContainerCommitter(plugs, happenings),
                        costs);
        PodEnder ender =
                new PodEnder(
                        plugs,
                        podStore,
                        podIndex,
                        containers,
                        machines,
                        remover,
                        pauser,
                        threads,
                        happenings);
        pods =
                new PodService(
                        podIndex,
                        podCreator,
                        ender,
                        changer,
                        machines,
                        supervisor,
                        pauser,
                        renamer,
                        containers,
                        PATIENCE);
        shutdown = new Shutdown(podIndex, containerEnder, machines, restarter, threads);
        doctor =
                new DoctorService(
                        problems,
                        new HealthyHost(root, plugs, podIndex, containerIndex, settings),
                        new HostCensus(
                                plugs,
                                new Owners(
                                        podIndex,
                                        containerIndex,
                                        podStore,
                                        containerStore,
                                        factory::owns),
                                root));
        info = new InfoCollector(version, root, plugs, containerIndex, costs, doctor, settings);
        Recovery recovery =
                new Recovery(
                        plugs,
                        podStore,
                        podIndex,
                        claims,
                        machines,
                        supervisor,
                        ending,
                        remover,
                        ender,
                        restarter,
                        health,
                        problems,
                        threads);
        Loader loader =
                new Loader(
                        containerStore,
                        podStore,
                        containerIndex,
                        podIndex,
                        problems,
                        settings,
                        clock);
        happenings.daemon("start", version);
        // Threads come last: nothing of this constructor can fail after it has started one.
        loader.load().forEach(recovery::begin);
        factory.recover();
    }

    private void restart(ManagedContainer container) {
        restarter.again(container);
    }

    private void eventsInTrouble(Optional<String> why) {
        why.ifPresentOrElse(
                line -> problems.report("events", line), () -> problems.solved("events"));
    }

    /**
     * Notes problems that others found, for whoever asks how the daemon is.
     *
     * @param about what they are about
     * @param lines one line each
     */
    public void report(String about, List<String> lines) {
        problems.reportAll(about, lines);
    }

    /** {@return what is plugged in; add services here as they come, and remove them as they go} */
    public Plugs plugs() {
        return plugs;
    }

    /**
     * A network driver comes: it is told what running pods hold of it.
     *
     * @param driver the driver
     */
    public void plug(Plugged<NetworkDriver> driver) {
        for (ManagedPod pod : podIndex.all()) {
            pod.held()
                    .flatMap(MachineRecord::endpoint)
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
                    "the network of pod "
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
        factory.release(gone);
        for (ManagedPod pod : podIndex.all()) {
            pod.run()
                    .filter(run -> run.machine().release(gone))
                    .ifPresent(PodRun::interruptWatcher);
        }
    }

    @Override
    public Templates templates() {
        return templates;
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Pods pods() {
        return pods;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public io.hypercontainer.api.runtime.Doctor doctor() {
        return doctor;
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
        return new DriverUsage(plugs, podIndex, containerIndex, info::drivers);
    }

    @Override
    public Drivers drivers() {
        throw new Unsupported("a runtime outside of the framework", "bundles");
    }

    /** The daemon is about to end, and all that runs with it. */
    public void stopAll() {
        shutdown.stopAll();
    }

    @Override
    public void close() {
        happenings.daemon("stop", version);
        threads.forbid();
        for (ManagedPod pod : podIndex.all()) {
            pod.run().ifPresent(PodRun::disconnect);
        }
        threads.close();
        factory.close();
        containerIndex.all().forEach(ManagedContainer::abandon);
        events.close();
    }
}
