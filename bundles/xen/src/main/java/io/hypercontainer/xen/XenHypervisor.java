// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Starts virtual machines with Xen and finds them again.
 *
 * <p>The ranking is high: where Xen runs, no other hypervisor has the processor's support.
 */
@Component(
        service = Hypervisor.class,
        configurationPid = "hyper.xen",
        property = "service.ranking:Integer=100")
@Designate(ocd = XenConfig.class)
@ProvidesDriver(kind = "hypervisor", name = XenHypervisor.NAME)
public final class XenHypervisor implements Hypervisor {
    static final String NAME = "xen";

    private final Installation installation;
    private final boolean hasNetwork;
    private final Set<Capability> capabilities;
    private final Host host;
    private final Launcher launcher;
    private final Endings endings;
    private final Map<String, XenMachine> machines = new ConcurrentHashMap<>();
    private volatile boolean active = true;

    /** Made by the framework. */
    @Activate
    public XenHypervisor(XenConfig config, BundleContext context) {
        var xl = new Xl(config.xl());
        installation = new Installation(xl, Path.of(config.xenstore()), config.type());
        var root =
                Path.of(
                        Objects.requireNonNull(
                                context.getProperty(HyperProperties.ROOT), HyperProperties.ROOT));
        var ledger = new Ledger(root.resolve(NAME).resolve("machines"));
        var store = new XenStore(installation.socket());
        var network = new UserNetwork(config.ip(), config.slirp4netns(), ledger, store);
        hasNetwork = network.usable();
        host =
                new Host(
                        ledger,
                        xl,
                        store,
                        new Domains(xl, store),
                        new BlockDevices(ledger, store),
                        network,
                        new GuestMemory(xl, store),
                        new GuestCpus(xl, store, config.hotplug_cpus()));
        capabilities = capabilities(hasNetwork, host.cpus().canLimit());
        launcher = new Launcher(host);
        endings = new Endings(store);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return installation.probe(hasNetwork);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    private static Set<Capability> capabilities(boolean hasNetwork, boolean canLimitCpus) {
        var set = EnumSet.of(Capability.PAUSE, Capability.HOTPLUG_DISK, Capability.RESIZE_MEMORY);
        if (JoinedDisks.usable()) {
            set.add(Capability.JOINED_DISK);
        }
        if (hasNetwork) {
            set.add(Capability.USER_NETWORK);
            set.add(Capability.HOTPLUG_NIC);
        }
        if (canLimitCpus) {
            set.add(Capability.RESIZE_CPUS);
        }
        return Collections.unmodifiableSet(set);
    }

    @Override
    public Acceleration acceleration(Boot boot) {
        return installation.acceleration();
    }

    @Override
    public Optional<HostSize> hostSize() {
        return installation.hostSize();
    }

    @Override
    public VirtualMachine launch(VmSpec spec) {
        Bounds.check(spec, capabilities);
        if (machines.containsKey(spec.id())) {
            throw new Conflict("a virtual machine " + spec.id() + " exists already");
        }
        var acceleration = acceleration(spec.boot());
        if (spec.requireHardware() && acceleration.isolation() != Isolation.HARDWARE) {
            throw new Unavailable(
                    "machine %s needs hardware isolation, and xen has only %s here: %s"
                            .formatted(spec.id(), acceleration.isolation(), acceleration.reason()));
        }
        var state = launcher.start(spec, acceleration.name());
        try {
            var machine = new XenMachine(host, state, capabilities, acceleration);
            host.domains().unpause(state);
            return kept(machine);
        } catch (RuntimeException e) {
            host.release(state);
            throw e;
        }
    }

    @Override
    public Optional<VirtualMachine> adopt(VmRecord record) {
        return Optional.ofNullable(
                machines.compute(
                        record.id(),
                        (_, known) ->
                                known != null && known.state() != VmState.ENDED
                                        ? known
                                        : attached(record).orElse(null)));
    }

    private Optional<XenMachine> attached(VmRecord record) {
        var noted = host.ledger().find(record.id());
        var state =
                noted.or(() ->
                        Optional.ofNullable(record.details().get("state"))
                                .map(MachineState::parse));
        if (state.isEmpty()) {
            return Optional.empty();
        }
        if (!host.domains().lives(state.get())) {
            host.release(state.get());
            return Optional.empty();
        }
        if (noted.isEmpty()) {
            host.ledger().save(state.get());
        }
        var machine = new XenMachine(host, state.get(), capabilities, record.acceleration());
        return Optional.of(machine.watch(endings, () -> machines.remove(record.id(), machine)));
    }

    private XenMachine kept(XenMachine machine) {
        var id = machine.record().id();
        machines.put(id, machine);
        if (!active) {
            machine.detach();
        }
        return machine.watch(endings, () -> machines.remove(id, machine));
    }

    @Override
    public List<Holding> census() {
        var all = new ArrayList<Holding>();
        for (var state : host.ledger().all()) {
            all.add(new Holding.Owned("process", "domain " + state.domainName(), state.id()));
        }
        for (var file : host.ledger().damaged()) {
            all.add(
                    new Holding.Wrong(
                            "record",
                            file.toString(),
                            "it is damaged: 'xl list' shows the domains there are; delete the"
                                    + " file"));
        }
        return List.copyOf(all);
    }

    @Override
    public void dispose(Holding holding) {
        if (holding instanceof Holding.Owned owned) {
            var known = machines.get(owned.owner());
            if (known != null) {
                known.kill();
            }
            host.ledger().find(owned.owner()).ifPresent(host::release);
        }
    }

    /** Leaves the machines to the next driver. */
    @Deactivate
    void deactivate() {
        active = false;
        machines.values().forEach(XenMachine::detach);
        endings.close();
    }
}
