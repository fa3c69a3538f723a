// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Folders;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.template.TemplateId;
import io.hypercontainer.runtime.template.VmFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Launches pods' machines and gets their guests ready for containers. */
final class Booter {
    private static final Logger LOG = LoggerFactory.getLogger(Booter.class);
    private static final int ENTROPY = 64;
    private static final int CONSOLE_LINES = 10;

    private final Plugs plugs;
    private final PodStore store;
    private final VolumeClaims claims;
    private final Leftovers leftovers;
    private final Plugger plugger;
    private final VmFactory factory;
    private final Threads threads;
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Booter(
            Plugs plugs,
            PodStore store,
            VolumeClaims claims,
            Leftovers leftovers,
            Plugger plugger,
            VmFactory factory,
            Threads threads,
            Supplier<Settings> settings,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.claims = claims;
        this.leftovers = leftovers;
        this.plugger = plugger;
        this.factory = factory;
        this.threads = threads;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Launches the machine of a pod that holds none, with all that its containers need plugged in;
     * the caller holds the pod's lock. The guest boots while the caller goes on. If it fails
     * nothing is left.
     *
     * @param network whether it is to be connected to its network
     */
    PodRun launch(ManagedPod pod, boolean network) {
        try (Undo undo = new Undo()) {
            PodRun run = launch(pod, network, undo);
            pod.begins(run);
            undo.complete();
            return run;
        }
    }

    /**
     * What a machine is made of.
     *
     * @param endpoint its connection to the network
     */
    private record Parts(Hypervisor hypervisor, Optional<Endpoint> endpoint, MachinePlan plan) {}

    private Parts gather(ManagedPod pod, boolean network, Undo undo) {
        PodRecord record = pod.record();
        Hypervisor hypervisor = plugs.hypervisors().await(record.machine().hypervisor());
        undo.add(() -> claims.release(pod.id()));
        Optional<Endpoint> endpoint = network ? connect(pod, undo) : Optional.empty();
        MachinePlan plan = new MachinePlan(record, hypervisor, endpoint);
        for (ManagedContainer container : pod.containers()) {
            if (container.isMade()) {
                claims.claim(container.record());
                plan.add(plugger.plan(container, hypervisor, plan.wiring()));
            }
        }
        return new Parts(hypervisor, endpoint, plan);
    }

    /**
     * Makes the template that the machine of a pod which does not run would be cloned from; the
     * caller holds the pod's lock.
     */
    TemplateId makeTemplate(ManagedPod pod) {
        try (Undo undo = new Undo()) {
            Parts parts = gather(pod, true, undo);
            return factory.make(parts.hypervisor(), spec(pod, parts), !pod.record().single());
        }
    }

    private VmSpec spec(ManagedPod pod, Parts parts) {
        boolean hardware =
                settings.get().requireHardware() || pod.record().machine().requireHardware();
        return parts.plan().machine(leftovers.folder(pod), settings.get().boot(), hardware);
    }

    private PodRun launch(ManagedPod pod, boolean network, Undo undo) {
        PodRecord record = pod.record();
        Timeline time = new Timeline();
        GuestAgentConnector connector = plugs.agents().await();
        Parts parts = gather(pod, network, undo);
        time.mark("network and disks");
        Hypervisor hypervisor = parts.hypervisor();
        MachinePlan plan = parts.plan();
        Optional<Endpoint> endpoint = parts.endpoint();
        String version = plugs.hypervisors().reference(hypervisor);
        MachineRecord held =
                new MachineRecord(
                        MachineRecord.SCHEMA,
                        version,
                        clock.instant(),
                        endpoint,
                        Optional.empty(),
                        plan.wiring());
        plugger.hold(pod, held);
        undo.add(() -> leftovers.clear(pod, Optional.empty()));
        makeFolder(pod);
        time.mark("record");
        VmFactory.Started started = factory.start(hypervisor, spec(pod, parts), !record.single());
        VirtualMachine vm = started.machine();
        Machine machine = new Machine(hypervisor, vm, version);
        undo.add(() -> leftovers.clear(pod, Optional.of(machine)));
        time.mark(started.way().toString());
        PodRun run = new PodRun(machine, time);
        // The guest boots while the records are written.
        run.boots(
                threads.submit(
                        "boot-" + record.shortId(),
                        () -> {
                            try {
                                boot(
                                        connector,
                                        pod,
                                        run,
                                        vm,
                                        plan.network(started.way().isClone()),
                                        endpoint);
                                started.settled().run();
                                return run;
                            } catch (HyperException e) {
                                run.end();
                                throw e;
                            }
                        }));
        undo.add(run::cancelBoot);
        plugger.hold(pod, held.with(vm.record()));
        noteIsolation(pod, vm.record().acceleration().isolation().toString());
        return run;
    }

    /** It hardly ever changes. */
    private void noteIsolation(ManagedPod pod, String isolation) {
        PodRecord record = pod.record();
        if (!record.machine().isolation().equals(Optional.of(isolation))) {
            PodRecord noted = record.on(record.machine().isolatedBy(isolation));
            store.save(noted);
            pod.becomes(noted);
        }
    }

    private Optional<Endpoint> connect(ManagedPod pod, Undo undo) {
        PodRecord record = pod.record();
        String driver = record.machine().networkDriver();
        if (driver.isEmpty()) {
            return Optional.empty();
        }
        List<String> names =
                Stream.concat(
                                Stream.of(record.name(), record.hostname()),
                                pod.containers().stream().map(ManagedContainer::name))
                        .distinct()
                        .toList();
        EndpointSpec wanted =
                new EndpointSpec(record.id(), record.machine().network(), names, record.ports());
        Endpoint endpoint = plugs.networks().await(driver).connect(wanted);
        undo.add(() -> plugs.networks().await(driver).disconnect(endpoint));
        return Optional.of(endpoint);
    }

    private void makeFolder(ManagedPod pod) {
        Path folder = leftovers.folder(pod);
        try {
            Folders.delete(folder);
            Folders.make(folder);
        } catch (IOException e) {
            throw new DriverFailure("cannot make the machine's folder " + folder + ": " + e, e);
        }
    }

    private void boot(
            GuestAgentConnector connector,
            ManagedPod pod,
            PodRun run,
            VirtualMachine vm,
            Optional<GuestNetwork> network,
            Optional<Endpoint> endpoint) {
        Timeline time = run.start();
        GuestAgent agent;
        try {
            agent = connector.connect(vm.record().agent(), settings.get().bootTimeout());
        } catch (io.hypercontainer.api.Interrupted e) {
            throw e;
        } catch (HyperException e) {
            throw new DriverFailure(
                    "the guest of pod "
                            + pod.record().shortId()
                            + " did not come up: "
                            + e.getMessage()
                            + console(vm),
                    e);
        }
        try {
            time.mark("agent");
            agent.setUp(setup(pod.record(), endpoint));
            time.mark("set up");
            network.ifPresent(agent::configure);
            if (!pod.record().services().isEmpty()) {
                agent.serve(pod.record().services());
            }
            time.mark("interface");
            LOG.debug("guest of pod {} is ready: {}", pod.record().shortId(), time);
        } catch (HyperException e) {
            agent.close();
            throw e;
        }
        if (!run.connected(agent)) {
            agent.close();
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

    private GuestSetup setup(PodRecord pod, Optional<Endpoint> endpoint) {
        Map<String, List<String>> hosts = new HashMap<>();
        endpoint.flatMap(e -> e.addresses().stream().findFirst())
                .ifPresent(a -> hosts.put(a.replaceFirst("/.*", ""), List.of(pod.hostname())));
        List<String> servers = pod.dns().servers();
        return new GuestSetup(
                pod.hostname(),
                servers.isEmpty() ? endpoint.map(Endpoint::nameservers).orElse(List.of()) : servers,
                pod.dns().search(),
                pod.dns().options(),
                hosts,
                clock.instant(),
                entropy());
    }

    private byte[] entropy() {
        byte[] entropy = new byte[ENTROPY];
        random.nextBytes(entropy);
        return entropy;
    }
}
