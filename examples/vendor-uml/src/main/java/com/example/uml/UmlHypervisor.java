// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Starts virtual machines with User-Mode Linux and finds them again.
 *
 * <p>The ranking is low: where no hypervisor is asked for, one that separates guests better is the
 * right one.
 */
@Component(
        service = Hypervisor.class,
        configurationPid = "com.example.uml",
        property = "service.ranking:Integer=-100")
@Designate(ocd = UmlConfig.class)
@ProvidesDriver(kind = "hypervisor", name = UmlHypervisor.NAME)
public final class UmlHypervisor implements Hypervisor {
    static final String NAME = "uml";

    private final Installation installation;
    private final Set<Capability> capabilities;
    private final Users users;
    private final Launcher launcher;
    private final Map<String, UmlMachine> machines = new ConcurrentHashMap<>();
    private volatile boolean active = true;

    /**
     * Made by the framework.
     *
     * @param config settings
     * @param context for the class files of the monitor
     */
    @Activate
    public UmlHypervisor(UmlConfig config, BundleContext context) {
        installation = Installation.of(config);
        capabilities = capabilities(installation);
        users = new Users(config.uid_base(), Confinement.isRoot() ? config.uid_count() : 0);
        var classes = context.getBundle().findEntries("com/example/uml/monitor", "*.class", false);
        launcher = new Launcher(installation, Collections.list(classes));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return installation.probe();
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Acceleration acceleration(Boot boot) {
        return new Acceleration(
                "ptrace",
                Isolation.PROCESS,
                "the guest's kernel is a process of the host that traces the guest's processes");
    }

    @Override
    public VirtualMachine launch(VmSpec spec) {
        Bounds.check(spec, capabilities);
        if (machines.containsKey(spec.id())) {
            throw new Conflict("a virtual machine " + spec.id() + " exists already");
        }
        var uid = users.take();
        try {
            var notes = launcher.start(spec, uid);
            var folder = new MachineFolder(spec.directory());
            return kept(new UmlMachine(spec.id(), folder, acceleration(spec.boot()), notes));
        } catch (RuntimeException e) {
            users.giveBack(uid);
            throw e;
        }
    }

    @Override
    public Optional<VirtualMachine> adopt(VmRecord record) {
        var known = machines.get(record.id());
        if (known != null && known.state() != VmState.ENDED) {
            return Optional.of(known);
        }
        var folder = new MachineFolder(record.directory());
        // The notes are never older than the record, and are there before it.
        var notes =
                Notes.read(folder.notes())
                        .or(() ->
                                Optional.of(record.details())
                                        .filter(d -> !d.isEmpty())
                                        .map(Notes::parse));
        var running = notes.flatMap(Notes::process).filter(HostProcess::alive);
        if (running.isPresent()) {
            return Optional.of(
                    kept(
                            new UmlMachine(
                                    record.id(),
                                    folder,
                                    record.acceleration(),
                                    notes.orElseThrow())));
        }
        // A start that was cut off has noted no process yet.
        MachineProcesses.kill(record.id(), folder.path());
        notes.ifPresent(n -> UmlMachine.release(folder, n));
        return Optional.empty();
    }

    /** Leaves the machines to the next driver. */
    @Deactivate
    void deactivate() {
        active = false;
        machines.values().forEach(UmlMachine::detach);
    }

    private UmlMachine kept(UmlMachine machine) {
        var id = machine.record().id();
        var uid = machine.uid();
        users.take(uid);
        machines.put(id, machine);
        if (!active) {
            machine.detach();
        }
        return machine.watch(() -> {
            machines.remove(id, machine);
            users.giveBack(uid);
        });
    }

    private static Set<Capability> capabilities(Installation installation) {
        var set = EnumSet.of(Capability.PAUSE);
        if (installation.hasNetwork()) {
            set.add(Capability.USER_NETWORK);
        }
        return Collections.unmodifiableSet(set);
    }
}
