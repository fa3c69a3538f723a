// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.store.Wiring;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugs what containers need into running machines, and out of them. The caller holds the pod's
 * lock.
 */
final class Plugger {
    private static final Logger LOG = LoggerFactory.getLogger(Plugger.class);

    private final Plugs plugs;
    private final PodStore store;
    private final VolumeClaims claims;

    Plugger(Plugs plugs, PodStore store, VolumeClaims claims) {
        this.plugs = plugs;
        this.store = store;
        this.claims = claims;
    }

    /** {@return what a container needs in a machine in which that much is plugged in} */
    ContainerPlan plan(ManagedContainer container, Hypervisor hypervisor, Wiring wiring) {
        ContainerRecord record = container.record();
        return new ContainerPlan(record, hypervisor, wiring, root(record), volumes(record));
    }

    private Root root(ContainerRecord record) {
        return plugs.storage()
                .await(record.storage())
                .root(record.id())
                .orElseThrow(() ->
                        new DriverFailure(
                                "the root file system of container "
                                        + record.shortId()
                                        + " is gone from storage "
                                        + record.storage()
                                        + ": remove the container"));
    }

    private Map<String, Volume> volumes(ContainerRecord record) {
        Map<String, Volume> volumes = new HashMap<>();
        if (record.volumes().findAny().isPresent()) {
            StorageDriver storage = plugs.storage().await(record.storage());
            record.volumes()
                    .flatMap(v -> storage.volume(v.name()).stream())
                    .forEach(v -> volumes.put(v.name(), v));
        }
        return volumes;
    }

    /**
     * Plugs in what a container needs and the machine does not have.
     *
     * @return the container as the guest shall make it
     */
    GuestContainer plugIn(ManagedContainer container, PodRun run) {
        ManagedPod pod = container.pod();
        finishChange(pod, run);
        MachineRecord held = held(pod);
        Hypervisor hypervisor =
                plugs.hypervisors().await(held.hypervisor(), run.machine()::isHeldBy);
        ContainerPlan plan = plan(container, hypervisor, held.wiring());
        if (!held.wiring().containers().containsKey(container.id())) {
            claims.claim(container.record());
            hold(pod, held.with(plan.wiring().changing(Optional.of(container.id()))));
            try (Undo undo = new Undo()) {
                undo.add(() -> unplug(container.id(), pod, run));
                VirtualMachine vm = machine(pod, run);
                for (Disk disk : plan.disks()) {
                    if (isNew(disk.id(), held.wiring())) {
                        vm.addDisk(disk);
                    }
                }
                for (Share share : plan.shares()) {
                    if (held.wiring().shares().values().stream()
                            .noneMatch(n -> ContainerPlan.shareTag(n).equals(share.tag()))) {
                        vm.addShare(share);
                    }
                }
                hold(pod, held.with(plan.wiring()).with(vm.record()));
                undo.complete();
            }
        }
        return plan.guestContainer(pod.record().machine().size().milliCpus());
    }

    private static boolean isNew(String disk, Wiring before) {
        return before.volumes().values().stream()
                .noneMatch(n -> ContainerPlan.volumeDisk(n).equals(disk));
    }

    /**
     * Plugs in what a container was made from; to be followed by {@link #plugOutOriginal}.
     *
     * @param id what it is known by
     * @param making makes it
     * @return the disk as the guest sees it
     */
    GuestRoot.SingleDisk plugInOriginal(
            ManagedPod pod, PodRun run, String id, Supplier<Root.SingleDisk> making) {
        finishChange(pod, run);
        MachineRecord held = held(pod);
        Wiring wiring = held.wiring().container(id);
        hold(pod, held.with(wiring.changing(Optional.of(id))));
        try (Undo undo = new Undo()) {
            undo.add(() -> unplug(id, pod, run));
            Root.SingleDisk made = making.get();
            Disk disk = ContainerPlan.originalDisk(wiring, id, made.disk());
            VirtualMachine vm = machine(pod, run);
            vm.addDisk(disk);
            hold(pod, held.with(wiring).with(vm.record()));
            undo.complete();
            return new GuestRoot.SingleDisk(disk.id(), made.disk().type(), made.directory());
        }
    }

    /** Plugs it out and deletes it; does nothing if that was done, as at the machine's end. */
    void plugOutOriginal(ManagedPod pod, PodRun run, String id) {
        Optional<MachineRecord> held =
                pod.held().filter(h -> h.wiring().containers().containsKey(id));
        if (held.isPresent() && !run.isOver()) {
            finishChange(pod, run);
            MachineRecord now = held(pod);
            if (now.wiring().containers().containsKey(id)) {
                hold(pod, now.with(now.wiring().changing(Optional.of(id))));
                unplug(id, pod, run);
            }
        }
    }

    /** Plugs out what only this container needed. */
    void plugOut(ManagedContainer container, PodRun run) {
        ManagedPod pod = container.pod();
        finishChange(pod, run);
        MachineRecord held = held(pod);
        if (held.wiring().containers().containsKey(container.id())) {
            hold(pod, held.with(held.wiring().changing(Optional.of(container.id()))));
            unplug(container.id(), pod, run);
        }
    }

    /** A daemon that ended while it plugged something leaves it half plugged in. */
    private void finishChange(ManagedPod pod, PodRun run) {
        held(pod).wiring().changing().ifPresent(container -> unplug(container, pod, run));
    }

    private void unplug(String container, ManagedPod pod, PodRun run) {
        MachineRecord held = held(pod);
        Wiring wiring = held.wiring();
        List<String> volumes =
                onlyOf(container, pod, wiring, wiring.volumes(), Plugger::volumeNames);
        VirtualMachine vm = machine(pod, run);
        Integer number = wiring.containers().get(container);
        if (number != null) {
            ContainerPlan.rootDisks(number).forEach(disk -> unplug(vm, disk));
            for (int layer = 0; unplug(vm, ContainerPlan.layerDisk(number, layer)); layer++) {
                LOG.trace("layer {} is plugged out", layer);
            }
        }
        for (String volume : volumes) {
            Integer disk = wiring.volumes().get(volume);
            if (disk != null) {
                unplug(vm, ContainerPlan.volumeDisk(disk));
            }
        }
        List<String> shares = unshare(container, pod, wiring, vm);
        if (container.startsWith(Wiring.ORIGINAL)) {
            plugs.storage().await(pod.record().machine().storage()).releaseRoot(container);
        }
        hold(pod, held.with(wiring.without(container, volumes, shares)).with(vm.record()));
        pod.containers().stream()
                .filter(c -> c.id().equals(container))
                .forEach(c -> volumes.forEach(v -> claims.release(c.record().storage(), v)));
    }

    /** {@return whether it was plugged in} */
    private static boolean unplug(VirtualMachine machine, String disk) {
        try {
            machine.removeDisk(disk);
            return true;
        } catch (NotFound e) {
            return false;
        }
    }

    /** {@return what is not shared any more; not all hypervisors can take a share back} */
    private List<String> unshare(
            String container, ManagedPod pod, Wiring wiring, VirtualMachine machine) {
        if (!plugs.hypervisors()
                .await(machine.record().hypervisor())
                .capabilities()
                .contains(Capability.HOTPLUG_SHARE)) {
            return List.of();
        }
        List<String> gone = onlyOf(container, pod, wiring, wiring.shares(), Plugger::shared);
        for (String what : gone) {
            Integer number = wiring.shares().get(what);
            try {
                if (number != null) {
                    machine.removeShare(ContainerPlan.shareTag(number));
                }
            } catch (NotFound e) {
                LOG.trace("{} was not shared", what);
            }
        }
        return gone;
    }

    /** {@return what of that is plugged in, and not needed by any other container} */
    private static List<String> onlyOf(
            String container,
            ManagedPod pod,
            Wiring wiring,
            Map<String, Integer> plugged,
            Function<ManagedContainer, Stream<String>> needs) {
        Set<String> others =
                pod.containers().stream()
                        .filter(c -> !c.id().equals(container))
                        .filter(c -> wiring.containers().containsKey(c.id()))
                        .flatMap(needs)
                        .collect(Collectors.toSet());
        return plugged.keySet().stream().filter(p -> !others.contains(p)).toList();
    }

    private static Stream<String> volumeNames(ManagedContainer container) {
        return container.record().volumes().map(Mounted.InVolume::name);
    }

    private static Stream<String> shared(ManagedContainer container) {
        return container.record().spec().mounts().stream()
                .filter(Mounted.OfHost.class::isInstance)
                .map(Mounted.OfHost.class::cast)
                .map(ContainerPlan::what);
    }

    private VirtualMachine machine(ManagedPod pod, PodRun run) {
        Hypervisor hypervisor =
                plugs.hypervisors().await(run.machine().hypervisor(), run.machine()::isHeldBy);
        return run.machine()
                .with(hypervisor)
                .orElseThrow(() ->
                        new Conflict(
                                "the machine of pod " + pod.record().shortId() + " has ended"));
    }

    private static MachineRecord held(ManagedPod pod) {
        return pod.held()
                .orElseThrow(() ->
                        new Conflict("pod " + pod.record().shortId() + " does not run any more"));
    }

    /** Writes what a pod holds on the host. */
    void hold(ManagedPod pod, MachineRecord held) {
        store.saveMachine(pod.id(), held);
        pod.holds(Optional.of(held));
    }
}
