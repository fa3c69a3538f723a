// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Folders;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.RunRecord;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Boots a container's machine and starts its process in it. */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    private static final int ENTROPY = 64;
    private static final int CONSOLE_LINES = 10;
    private static final TerminalSize USUAL = new TerminalSize(24, 80);

    private final Plugs plugs;
    private final ContainerStore store;
    private final VolumeClaims claims;
    private final Leftovers leftovers;
    private final Threads threads;
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Starter(
            Plugs plugs,
            ContainerStore store,
            VolumeClaims claims,
            Leftovers leftovers,
            Threads threads,
            Supplier<Settings> settings,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.claims = claims;
        this.leftovers = leftovers;
        this.threads = threads;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Starts a container that does not run; the caller holds its lock. If it fails nothing is left
     * of the machine.
     *
     * @return the run, not yet served by any thread
     * @throws CannotExecute if there is no such program; the container then has exited
     */
    Run start(ManagedContainer container, Optional<TerminalSize> size) throws CannotExecute {
        leftovers.clear(container, Optional.empty());
        Timeline time = new Timeline();
        try (Undo undo = new Undo()) {
            Run run = start(container, size, time, undo);
            undo.complete();
            LOG.debug("container {} started: {}", container.record().shortId(), time);
            return run;
        }
    }

    private Run start(
            ManagedContainer container, Optional<TerminalSize> size, Timeline time, Undo undo)
            throws CannotExecute {
        ContainerRecord record = container.record();
        Hypervisor hypervisor = plugs.hypervisors().await(record.machine().hypervisor());
        String version = plugs.hypervisors().reference(hypervisor);
        GuestAgentConnector connector = plugs.agents().await();
        claims.claim(record);
        undo.add(() -> claims.release(record.id()));
        Optional<Endpoint> endpoint = connect(record, undo);
        MachinePlan plan =
                new MachinePlan(record, hypervisor, root(record), volumes(record), endpoint);
        time.mark("prepare");

        LogPosition printed = container.log().open();
        undo.add(container.log()::finish);
        hold(
                container,
                new RunRecord(RunRecord.SCHEMA, version, endpoint, Optional.empty(), printed));
        undo.add(() -> leftovers.clear(container, Optional.empty()));
        Path folder = makeFolder(container);
        boolean hardware = settings.get().requireHardware() || record.machine().requireHardware();
        VirtualMachine vm =
                hypervisor.launch(plan.machine(folder, settings.get().boot(), hardware));
        Machine machine = new Machine(hypervisor, vm, version);
        undo.add(() -> leftovers.clear(container, Optional.of(machine)));
        time.mark("launch");

        // The guest boots while the records are written.
        Future<GuestAgent> hello =
                threads.submit(
                        "boot-" + record.shortId(),
                        () -> connector.connect(vm.record().agent(), settings.get().bootTimeout()));
        undo.add(() -> close(hello));
        container.held().ifPresent(held -> hold(container, held.with(vm.record())));
        Instant started = clock.instant();
        ContainerRecord running =
                record.on(record.machine().with(vm.record().acceleration().isolation().toString()))
                        .in(new Phase.Running(started));
        store.save(running);
        // By then the container has become what the failure made of it.
        undo.add(() -> store.save(container.record()));
        time.mark("records");

        GuestAgent agent = await(hello, vm, record);
        time.mark("boot");
        agent.setUp(setup(record, endpoint));
        plan.network().ifPresent(agent::configure);
        time.mark("set up");
        agent.createContainer(plan.guestContainer());
        time.mark("mount");
        GuestProcess init = startInit(container, running, agent, size);
        time.mark("execute");

        ProcessSession session =
                new ProcessSession(
                        new ProcessSession.Kind(
                                GuestProcess.INIT,
                                record.options().terminal(),
                                record.options().stdin(),
                                0,
                                0),
                        container.log()::append);
        session.feed(init);
        Run run = new Run(machine, agent, session);
        container.begins(running, run);
        return run;
    }

    private Optional<Endpoint> connect(ContainerRecord record, Undo undo) {
        if (record.machine().networkDriver().isEmpty()) {
            return Optional.empty();
        }
        String driver = record.machine().networkDriver();
        EndpointSpec wanted =
                new EndpointSpec(
                        record.id(),
                        record.machine().network(),
                        List.of(record.name(), record.spec().hostname()),
                        record.spec().ports());
        Endpoint endpoint = plugs.networks().await(driver).connect(wanted);
        undo.add(() -> plugs.networks().await(driver).disconnect(endpoint));
        return Optional.of(endpoint);
    }

    private Root root(ContainerRecord record) {
        return plugs.storage()
                .await(record.machine().storage())
                .root(record.id())
                .orElseThrow(() ->
                        new DriverFailure(
                                "the root file system of container "
                                        + record.shortId()
                                        + " is gone from storage "
                                        + record.machine().storage()
                                        + ": remove the container"));
    }

    private Map<String, Volume> volumes(ContainerRecord record) {
        Map<String, Volume> volumes = new HashMap<>();
        if (record.volumes().findAny().isPresent()) {
            StorageDriver storage = plugs.storage().await(record.machine().storage());
            storage.volumes().forEach(v -> volumes.put(v.name(), v));
        }
        return volumes;
    }

    private void hold(ManagedContainer container, RunRecord run) {
        store.saveRun(container.id(), run);
        container.holds(Optional.of(run));
    }

    private Path makeFolder(ManagedContainer container) {
        Path folder = leftovers.folder(container);
        try {
            Folders.delete(folder);
            Folders.make(folder);
            return folder;
        } catch (IOException e) {
            throw new DriverFailure("cannot make the machine's folder " + folder + ": " + e, e);
        }
    }

    private static void close(Future<GuestAgent> hello) {
        hello.cancel(true);
        if (hello.state() == Future.State.SUCCESS) {
            hello.resultNow().close();
        }
    }

    private static GuestAgent await(
            Future<GuestAgent> hello, VirtualMachine vm, ContainerRecord record) {
        try {
            return hello.get();
        } catch (InterruptedException e) {
            throw new Interrupted("starting container " + record.shortId(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperException known) {
                throw new DriverFailure(
                        "the guest of container "
                                + record.shortId()
                                + " did not come up: "
                                + known.getMessage()
                                + console(vm),
                        known);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static String console(VirtualMachine vm) {
        try {
            List<String> lines = vm.consoleTail(CONSOLE_LINES);
            return lines.isEmpty()
                    ? ""
                    : lines.stream().collect(Collectors.joining(" | ", "; its console: ", ""));
        } catch (HyperException e) {
            return "";
        }
    }

    private GuestSetup setup(ContainerRecord record, Optional<Endpoint> endpoint) {
        String hostname = record.spec().hostname();
        Map<String, List<String>> hosts = new HashMap<>();
        endpoint.flatMap(e -> e.addresses().stream().findFirst())
                .ifPresent(a -> hosts.put(a.replaceFirst("/.*", ""), List.of(hostname)));
        byte[] entropy = new byte[ENTROPY];
        random.nextBytes(entropy);
        return new GuestSetup(
                hostname,
                endpoint.map(Endpoint::nameservers).orElse(List.of()),
                List.of(),
                List.of(),
                hosts,
                clock.instant(),
                entropy);
    }

    private GuestProcess startInit(
            ManagedContainer container,
            ContainerRecord running,
            GuestAgent agent,
            Optional<TerminalSize> size)
            throws CannotExecute {
        ContainerRecord record = container.record();
        try {
            return agent.start(
                    record.id(),
                    new ProcessSpec(
                            GuestProcess.INIT,
                            record.spec().args(),
                            record.spec().env(),
                            record.spec().workdir(),
                            record.spec().user(),
                            record.options().terminal()
                                    ? size.or(() -> Optional.of(USUAL))
                                    : Optional.empty(),
                            record.options().stdin(),
                            record.options().privileged()));
        } catch (CannotExecute e) {
            Instant now = clock.instant();
            ExitStatus status = new ExitStatus(e.exitCode(), 0, false, now);
            container.ends(
                    running.in(new Phase.Exited(now, status, String.valueOf(e.getMessage()))),
                    status);
            unmount(record, agent);
            throw e;
        }
    }

    /** What the image has put into the volumes is kept. */
    private static void unmount(ContainerRecord record, GuestAgent agent) {
        try {
            agent.destroyContainer(record.id());
        } catch (HyperException e) {
            LOG.warn("container {} was not unmounted: {}", record.shortId(), e.getMessage());
        }
    }
}
