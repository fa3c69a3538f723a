// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.Share;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the devices of a running machine. Each change is noted first, then made on the host, then
 * in QEMU; what fails is undone in the opposite order.
 */
final class PluggedDevices {
    private static final Logger LOG = LoggerFactory.getLogger(PluggedDevices.class);
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A request made while the guest is busy with another can get lost; it is then repeated. */
    private static final Duration REPEAT = Duration.ofSeconds(3);

    private static final String GUEST_REFUSES = "DEVICE_UNPLUG_GUEST_ERROR";

    private final HostResources resources;
    private final Duration patience;

    /**
     * @param patience how long a guest may take to let go of a device
     */
    PluggedDevices(HostResources resources, Duration patience) {
        this.resources = resources;
        this.patience = patience;
    }

    void addDisk(MachineState state, Disk disk, Qmp qmp, Consumer<MachineState> update) {
        if (state.disk(disk.id()).isPresent()) {
            throw new Conflict("machine " + state.id() + " has a disk " + disk.id() + " already");
        }
        var port = freePort(state);
        var noted = state.with(MachineState.DiskState.of(disk, port));
        update.accept(noted);
        try {
            HostResources.takeDisk(noted, disk);
            qmp.execute("blockdev-add", DiskFiles.node(disk, noted.folder()));
            qmp.execute("device_add", Devices.disk(disk.id(), port));
        } catch (RuntimeException e) {
            dropDisk(noted, disk.id(), qmp, update);
            throw e;
        }
    }

    void removeDisk(MachineState state, String id, Qmp qmp, Consumer<MachineState> update) {
        if (state.disk(id).isEmpty()) {
            throw missing(state, "disk", id);
        }
        unplug(Devices.diskId(id), qmp, "blockdev-del", Map.of("node-name", Devices.diskId(id)));
        dropDisk(state, id, qmp, update);
    }

    void addNic(MachineState state, Nic nic, Qmp qmp, Consumer<MachineState> update) {
        if (state.nic(nic.id()).isPresent()) {
            throw new Conflict(
                    "machine %s has an interface %s already".formatted(state.id(), nic.id()));
        }
        var port = freePort(state);
        var noted = state.with(MachineState.NicState.of(nic, port));
        update.accept(noted);
        try {
            qmp.execute("netdev_add", Devices.netdev(nic));
            qmp.execute("device_add", Devices.nic(nic, port));
        } catch (DriverFailure e) {
            dropNic(noted, nic.id(), qmp, update);
            throw HostForwarding.explain(e);
        } catch (RuntimeException e) {
            dropNic(noted, nic.id(), qmp, update);
            throw e;
        }
    }

    void removeNic(MachineState state, String id, Qmp qmp, Consumer<MachineState> update) {
        if (state.nic(id).isEmpty()) {
            throw missing(state, "interface", id);
        }
        unplug(Devices.nicId(id), qmp, "netdev_del", Map.of("id", Devices.nicId(id)));
        dropNic(state, id, qmp, update);
    }

    void setForwards(
            MachineState state,
            String id,
            List<Forward> forwards,
            Qmp qmp,
            Consumer<MachineState> update) {
        var nic = state.nic(id).orElseThrow(() -> missing(state, "interface", id));
        HostForwarding.change(qmp, Devices.nicId(id), nic.guest(), nic.forwards(), forwards);
        update.accept(
                state.with(
                        new MachineState.NicState(
                                id, nic.port(), nic.guest(), List.copyOf(forwards))));
    }

    void addShare(MachineState state, Share share, Qmp qmp, Consumer<MachineState> update) {
        if (state.share(share.tag()).isPresent()) {
            throw new Conflict(
                    "machine %s has a share %s already".formatted(state.id(), share.tag()));
        }
        if (!new GuestMemory(qmp, Machine.memoryPort(state.ports())).isShared()) {
            throw new Conflict(
                    ("machine %s was cloned from a template, so nothing can be shared with it while it"
                                    + " runs: stop it and start it again with the share")
                            .formatted(state.id()));
        }
        var port = freePort(state);
        var noted = state.with(new MachineState.ShareState(share.tag(), port, null));
        update.accept(noted);
        try {
            noted = resources.takeShare(noted, share);
            update.accept(noted);
            qmp.execute("chardev-add", client(Devices.shareId(share.tag()), port));
            qmp.execute("device_add", Devices.share(share, port));
        } catch (RuntimeException e) {
            dropShare(noted, share.tag(), qmp, update);
            throw e;
        }
    }

    void removeShare(MachineState state, String tag, Qmp qmp, Consumer<MachineState> update) {
        if (state.share(tag).isEmpty()) {
            throw missing(state, "share", tag);
        }
        unplug(Devices.shareId(tag), qmp, "chardev-remove", Map.of("id", Devices.shareId(tag)));
        dropShare(state, tag, qmp, update);
    }

    /** Drops what is noted but not plugged: a change that was cut off. */
    void reconcile(MachineState state, Qmp qmp, Consumer<MachineState> update) {
        var plugged = plugged(qmp);
        var now = state;
        for (var disk : state.disks()) {
            if (!plugged.contains(Devices.diskId(disk.id()))) {
                now = dropDisk(now, disk.id(), qmp, update);
            }
        }
        for (var nic : state.nics()) {
            if (!plugged.contains(Devices.nicId(nic.id()))) {
                now = dropNic(now, nic.id(), qmp, update);
            }
        }
        for (var share : state.shares()) {
            if (!plugged.contains(Devices.shareId(share.tag()))) {
                now = dropShare(now, share.tag(), qmp, update);
            }
        }
    }

    private static Set<String> plugged(Qmp qmp) {
        return qmp.execute("qom-list", Map.of("path", "/machine/peripheral"))
                .valueStream()
                .map(d -> d.path("name").asString(""))
                .collect(Collectors.toSet());
    }

    private static MachineState dropDisk(
            MachineState state, String id, Qmp qmp, Consumer<MachineState> update) {
        tryTo(qmp, "blockdev-del", Map.of("node-name", Devices.diskId(id)));
        HostResources.returnDisk(state, id);
        return noted(state.withoutDisk(id), update);
    }

    private static MachineState dropNic(
            MachineState state, String id, Qmp qmp, Consumer<MachineState> update) {
        tryTo(qmp, "netdev_del", Map.of("id", Devices.nicId(id)));
        return noted(state.withoutNic(id), update);
    }

    private static MachineState dropShare(
            MachineState state, String tag, Qmp qmp, Consumer<MachineState> update) {
        tryTo(qmp, "chardev-remove", Map.of("id", Devices.shareId(tag)));
        HostResources.returnShare(state, tag);
        return noted(state.withoutShare(tag), update);
    }

    private static MachineState noted(MachineState state, Consumer<MachineState> update) {
        update.accept(state);
        return state;
    }

    /**
     * Asks the guest to let go of a device and waits until it has. One that took longer when it was
     * asked before may have done so since.
     */
    private static boolean isInUse(Qmp qmp, String delete, Map<String, ?> what) {
        try {
            qmp.execute(delete, what);
            return false;
        } catch (DriverFailure e) {
            var message = String.valueOf(e.getMessage());
            return message.contains("in use") || message.contains("busy");
        }
    }

    /**
     * Takes a device out; then what is behind it can be deleted.
     *
     * @param delete the command for that
     */
    private void unplug(String device, Qmp qmp, String delete, Map<String, ?> what) {
        var answer =
                qmp.expect(e ->
                        e.concerns("DEVICE_DELETED", device) || e.concerns(GUEST_REFUSES, device));
        if (!plugged(qmp).contains(device)) {
            // The guest has let go of it before. QEMU may still be taking it apart.
            if (isInUse(qmp, delete, what)) {
                qmp.await(answer, "taking " + device + " apart", patience);
            }
            answer.cancel(false);
            return;
        }
        tryTo(qmp, "device_del", Map.of("id", device));
        var end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                var event = qmp.await(answer, "unplugging " + device, REPEAT);
                if (event.name().equals(GUEST_REFUSES)) {
                    throw new Conflict("the guest refuses to let go of " + device);
                }
                return;
            } catch (DeadlineExceeded e) {
                if (System.nanoTime() > end) {
                    answer.cancel(false);
                    throw new DeadlineExceeded(
                            "the guest has not let go of %s within %d s: it still uses it or does"
                                            .formatted(device, patience.toSeconds())
                                    + " not answer");
                }
                tryTo(qmp, "device_del", Map.of("id", device));
            }
        }
    }

    private static void tryTo(Qmp qmp, String command, Object arguments) {
        try {
            qmp.execute(command, arguments);
        } catch (HyperException e) {
            LOG.debug("{} {}", command, arguments, e);
        }
    }

    private static int freePort(MachineState state) {
        return state.freePort()
                .orElseThrow(() ->
                        new Conflict(
                                ("all %d device ports of machine %s are taken: remove a device,"
                                                + " or stop it and raise hotplug.ports of"
                                                + " hyper.qemu")
                                        .formatted(state.ports(), state.id())));
    }

    private static NotFound missing(MachineState state, String kind, String id) {
        return new NotFound("machine " + state.id() + " has no " + kind + " " + id);
    }

    private static Map<String, Object> client(String id, int port) {
        return Map.of(
                "id",
                id,
                "backend",
                Map.of(
                        "type",
                        "socket",
                        "data",
                        Map.of(
                                "server",
                                false,
                                "addr",
                                Map.of(
                                        "type",
                                        "unix",
                                        "data",
                                        Map.of("path", MachineFolder.shareSocket(port))))));
    }
}
