// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts virtual machines with QEMU and finds them again. */
@Component(service = Hypervisor.class, configurationPid = "hyper.qemu")
@Designate(ocd = QemuConfig.class)
@ProvidesDriver(kind = "hypervisor", name = QemuHypervisor.NAME)
public final class QemuHypervisor implements Hypervisor {
    static final String NAME = "qemu";
    private static final Logger LOG = LoggerFactory.getLogger(QemuHypervisor.class);

    private final Installation installation;
    private final Set<Capability> capabilities;
    private final KernelImages kernels;
    private final Ledger ledger;
    private final HostResources resources;
    private final Starter starter;
    private final Accelerations accelerations;
    private final Remains remains;
    private final Room room;
    private final Optional<LoopbackGuard> guard;
    private final Templates templates = new Templates();
    private final Map<String, QemuMachine> machines = new ConcurrentHashMap<>();

    /** Made by the framework. */
    @Activate
    public QemuHypervisor(QemuConfig config, BundleContext context) {
        this(
                config,
                Path.of(
                        Objects.requireNonNull(
                                context.getProperty(HyperProperties.ROOT), HyperProperties.ROOT)));
    }

    QemuHypervisor(QemuConfig config, Path root) {
        var home = root.resolve(NAME);
        installation = new Installation(Path.of(config.executable()), Path.of(config.virtiofsd()));
        capabilities = capabilities(installation);
        kernels = new KernelImages(home.resolve("kernel"));
        ledger =
                new Ledger(
                        home.resolve("machines"),
                        config.uid_base(),
                        Host.isRoot() ? config.uid_count() : 0);
        resources = new HostResources(new ShareServer(config.virtiofsd()));
        starter = new Starter(config.executable(), config.tcg_cache_mib(), ledger, resources);
        room = Room.ofHost(config.hotplug_ports(), config.hotplug_cpus());
        // A daemon without root's rights has no users to tell machines by.
        guard =
                Host.isRoot()
                        ? Optional.of(new LoopbackGuard(config.uid_base(), config.uid_count()))
                        : Optional.empty();
        var probe =
                new BootProbe(
                        Accelerator.KVM,
                        starter,
                        home.resolve("probe"),
                        Duration.ofSeconds(config.kvm_probe_seconds()));
        accelerations =
                new Accelerations(
                        choice(config.accelerator()),
                        installation,
                        probe,
                        new ProbeResults(home.resolve("accelerations.json")));
        remains = new Remains(root, ledger, probe);
        remains.recover();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        var probe = installation.probe();
        var open = guard.flatMap(LoopbackGuard::problem);
        if (!probe.usable() || open.isEmpty()) {
            return probe;
        }
        var reasons = new ArrayList<>(probe.reasons());
        reasons.add(open.get());
        return new Probe(true, reasons, probe.facts());
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Acceleration acceleration(Boot boot) {
        return accelerations.of(boot, kernels.bootable(boot.kernel()));
    }

    @Override
    public VirtualMachine launch(VmSpec spec) {
        var memory = capabilities.contains(Capability.SHARE) ? Memory.SHARED : Memory.OWN;
        var machine = machine(spec, memory);
        return begin(spec, () -> starter.start(machine, accelerationOf(spec)));
    }

    @Override
    public String templateKey(VmSpec spec) {
        return TemplateKey.of(
                machine(StandIns.anonymous(spec), Memory.TEMPLATE), installation.version());
    }

    @Override
    public VirtualMachine launchTemplate(VmSpec spec) {
        var standIns = StandIns.of(spec);
        var machine = machine(standIns, Memory.TEMPLATE);
        return begin(standIns, () -> starter.start(machine, accelerationOf(spec)));
    }

    @Override
    public VirtualMachine clone(Path template, VmSpec spec) {
        var machine = machine(spec, Memory.CLONE);
        var saved = templates.of(template);
        return begin(spec, () -> starter.clone(machine, accelerationOf(spec), saved));
    }

    @Override
    public VirtualMachine assign(VirtualMachine spare, VmSpec spec) {
        var id = spare.record().id();
        var machine = machines.get(id);
        if (machine == null || machine != spare) {
            spare.kill();
            throw new Conflict("machine " + id + " is no spare of this driver");
        }
        try {
            accelerationOf(spec);
            spec.disks().forEach(DiskFiles::check);
            machine.assign(spec);
        } catch (RuntimeException e) {
            machine.kill();
            throw e;
        }
        machines.put(spec.id(), machine);
        machines.remove(id, machine);
        return machine;
    }

    @Override
    public void prepareTemplate(Path template) {
        templates.of(template);
    }

    @Override
    public void forgetTemplate(Path template) {
        templates.forget(template);
    }

    private Machine machine(VmSpec spec, Memory memory) {
        refuseWhatIsMissing(spec);
        var kernel = kernels.bootable(spec.boot().kernel());
        return Machine.of(
                spec, Accelerations.accelerator(accelerationOf(spec)), kernel.file(), room, memory);
    }

    private Acceleration accelerationOf(VmSpec spec) {
        var acceleration = acceleration(spec.boot());
        if (spec.requireHardware() && acceleration.isolation() != Isolation.HARDWARE) {
            throw new Unavailable(
                    "machine %s needs hardware isolation, and qemu has only %s here: %s"
                            .formatted(spec.id(), acceleration.isolation(), acceleration.reason()));
        }
        return acceleration;
    }

    private VirtualMachine begin(VmSpec spec, Supplier<QemuMachine> start) {
        // Beside QEMU's start, and in force before the guest's first instruction.
        var raised = raiseGuard(spec);
        var started = start.get();
        try {
            raised.join();
            started.begin();
        } catch (InterruptedException e) {
            started.kill();
            throw new Interrupted("start machine " + spec.id(), e);
        } catch (RuntimeException e) {
            started.kill();
            throw e;
        }
        return kept(started);
    }

    private Thread raiseGuard(VmSpec spec) {
        var open = spec.nics().stream().anyMatch(n -> n.backend() instanceof NicBackend.UserMode);
        return Thread.ofVirtual()
                .name("hyper-guard " + spec.id())
                .start(open ? () -> guard.ifPresent(LoopbackGuard::raise) : () -> {});
    }

    /** QEMU's monitor has one client at a time, so whoever comes second gets what is there. */
    @Override
    public Optional<VirtualMachine> adopt(VmRecord record) {
        return Optional.ofNullable(
                machines.compute(
                        record.id(),
                        (id, known) ->
                                known != null && known.state() != VmState.ENDED
                                        ? known
                                        : attached(record)));
    }

    private @Nullable QemuMachine attached(VmRecord record) {
        var noted = ledger.find(record.id());
        var state = noted.orElseGet(() -> stateOf(record));
        if (!Remains.runs(state)) {
            remains.end(state);
            return null;
        }
        if (noted.isEmpty()) {
            ledger.restore(state);
        }
        var machine = new QemuMachine(state, record.acceleration(), ledger, resources, null, null);
        try {
            machine.attach(heard -> Qmp.connect(state.folder().qmp(), heard));
        } catch (IOException e) {
            throw new DriverFailure(
                    "machine %s runs (process %d), but its monitor cannot be reached: %s"
                            .formatted(record.id(), state.running().pid(), e.getMessage()),
                    e);
        }
        machine.reconcile();
        forgetAtItsEnd(machine);
        return machine;
    }

    @Override
    public List<Holding> census() {
        var all = remains.census();
        guard.flatMap(LoopbackGuard::problem)
                .ifPresent(p -> all.add(new Holding.Wrong("rule", "nftables", p)));
        machines.values().stream().flatMap(m -> m.problem().stream()).forEach(all::add);
        return List.copyOf(all);
    }

    @Override
    public void dispose(Holding holding) {
        switch (holding) {
            case Holding.Owned owned -> {
                var known = machines.get(owned.owner());
                if (known != null) {
                    known.kill();
                }
                remains.dispose(owned.owner());
            }
            case Holding.Left left -> remains.dispose(left);
            case Holding.Wrong _ -> {
                // A person's to deal with.
            }
        }
    }

    /** Leaves the machines to the next driver. */
    @Deactivate
    void deactivate() {
        machines.values().forEach(QemuMachine::detach);
        templates.forgetAll();
    }

    /** Without ledger entry and details all that can be found is a process in the folder. */
    private static MachineState stateOf(VmRecord record) {
        var json = record.details().get(QemuMachine.STATE);
        try {
            if (json != null) {
                return MachineState.parse(json);
            }
        } catch (RuntimeException e) { // Jackson's, and those of the records' checks
            LOG.warn("The record of machine {} is damaged: {}", record.id(), e.toString());
        }
        return MachineState.claimed(record.id(), record.directory(), -1);
    }

    private QemuMachine kept(QemuMachine machine) {
        machines.put(machine.record().id(), machine);
        forgetAtItsEnd(machine);
        return machine;
    }

    private void forgetAtItsEnd(QemuMachine machine) {
        // On a thread of its own: it may have ended while it is being put into the table.
        machine.onExit(() ->
                Thread.ofVirtual().start(() -> machines.values().removeIf(m -> m == machine)));
    }

    private void refuseWhatIsMissing(VmSpec spec) {
        if (!spec.shares().isEmpty() && !capabilities.contains(Capability.SHARE)) {
            throw new Unsupported(NAME, Capability.SHARE);
        }
        if (spec.nics().stream().anyMatch(n -> n.backend() instanceof NicBackend.Tap)) {
            throw new Unsupported(NAME, Capability.TAP);
        }
        if (!Files.isReadable(spec.boot().initrd())) {
            throw new InvalidSpec("initrd " + spec.boot().initrd() + " cannot be read");
        }
    }

    private static Accelerations.Choice choice(String word) {
        try {
            return Accelerations.Choice.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(
                    "hyper.qemu: accelerator '" + word + "' is none of auto, kvm, tcg", e);
        }
    }

    private static Set<Capability> capabilities(Installation installation) {
        var set =
                EnumSet.of(
                        Capability.PAUSE,
                        Capability.HOTPLUG_DISK,
                        Capability.HOTPLUG_NIC,
                        Capability.RESIZE_MEMORY,
                        Capability.RESIZE_CPUS,
                        Capability.JOINED_DISK,
                        Capability.TEMPLATE,
                        Capability.SPARE,
                        Capability.USER_NETWORK);
        if (installation.canShare()) {
            set.add(Capability.SHARE);
            set.add(Capability.SHARE_FILE);
            set.add(Capability.HOTPLUG_SHARE);
        }
        return Collections.unmodifiableSet(set);
    }
}
