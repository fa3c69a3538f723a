// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.linux.LoopDevices;
import io.hypercontainer.xen.MachineState.DiskState;
import io.hypercontainer.xen.MachineState.PartState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is behind disks: block devices, loop devices where there are files, and devices joined of
 * both.
 */
final class BlockDevices {
    private static final String BACKENDS = "/local/domain/0/backend/vbd/";

    private final Ledger ledger;
    private final XenStore store;

    BlockDevices(Ledger ledger, XenStore store) {
        this.ledger = ledger;
        this.store = store;
    }

    /** Makes block devices of a machine's files that are none yet. */
    synchronized MachineState attach(MachineState state) {
        var now = state;
        for (var disk : state.disks()) {
            if (disk.loop().isEmpty()) {
                now = attach(now, disk);
            }
        }
        return now;
    }

    private MachineState attach(MachineState state, DiskState disk) {
        try {
            var backing = new ArrayList<PartState>();
            for (var part : disk.backing()) {
                backing.add(attached(part, disk.readOnly()));
            }
            var attached = disk.withBacking(backing);
            var now = ledger.save(state.with(attached));
            return disk.joined()
                    ? ledger.save(now.with(attached.withDevice(JoinedDisks.join(now, attached))))
                    : now;
        } catch (IOException e) {
            throw new DriverFailure(
                    "disk %s of machine %s: %s".formatted(disk.id(), state.id(), e.getMessage()),
                    e);
        }
    }

    private static PartState attached(PartState part, boolean readOnly) throws IOException {
        var file = Path.of(part.file());
        if (!Files.isRegularFile(file)) {
            return part;
        }
        return part.withLoop(
                readOnly ? LoopDevices.attachReadOnly(file) : LoopDevices.attach(file));
    }

    /** Tells the kernel's back end of a disk what is behind it, and the guest which disk it is. */
    void connect(MachineState state, DiskState disk) {
        var number = number(state, disk);
        var backend = BACKENDS + state.domain() + "/" + number + "/";
        store.write(
                "/local/domain/%d/device/vbd/%s/serial".formatted(state.domain(), number),
                disk.id());
        store.write(backend + "physical-device-path", disk.device().toString());
        store.write(backend + "hotplug-status", "connected");
        store.write(backend + "physical-device", deviceNumber(disk.device()));
    }

    boolean isConnected(MachineState state, DiskState disk) {
        var all = BACKENDS + state.domain();
        return store.list(all).stream()
                .anyMatch(n ->
                        store.read(all + "/" + n + "/dev").filter(disk.name()::equals).isPresent());
    }

    private String number(MachineState state, DiskState disk) {
        var all = BACKENDS + state.domain();
        return store.list(all).stream()
                .filter(n ->
                        store.read(all + "/" + n + "/dev").filter(disk.name()::equals).isPresent())
                .findFirst()
                .orElseThrow(() ->
                        new DriverFailure(
                                "Xen has no disk %s for machine %s"
                                        .formatted(disk.name(), state.id())));
    }

    private static String deviceNumber(Path device) {
        try {
            var number = (Long) Files.getAttribute(device, "unix:rdev");
            // makedev(3): 12 bits and more of the major number lie between those of the minor one.
            var major = ((number >> 8) & 0xfff) | ((number >> 32) & ~0xfffL);
            var minor = (number & 0xff) | ((number >> 12) & ~0xffL);
            return "%x:%x".formatted(major, minor);
        } catch (IOException e) {
            throw new DriverFailure("cannot look at " + device + ": " + e.getMessage(), e);
        }
    }

    /** Gives a machine's loop devices back, whose domain or disk is gone. */
    synchronized void release(MachineState state, List<DiskState> disks) {
        try {
            var mine = new HashSet<Path>();
            var taken = loopsOfAll();
            for (var disk : disks) {
                if (disk.joined()) {
                    JoinedDisks.separate(state, disk);
                }
                for (var part : disk.backing()) {
                    if (!part.loop().isEmpty() && isLoopOf(part)) {
                        mine.add(Path.of(part.loop()));
                    } else if (part.loop().isEmpty()) {
                        // Cut off between taking a device and noting it; nobody has noted it then.
                        unnoted(part, taken).forEach(mine::add);
                    }
                }
            }
            for (var device : mine) {
                LoopDevices.detach(device);
            }
            // A back end lets go of its device a moment after its domain is gone.
            Await.until(
                    "the release of " + mine + " of machine " + state.id(),
                    () -> inUse().stream().noneMatch(mine::contains));
        } catch (IOException e) {
            throw new DriverFailure(
                    "machine %s keeps loop devices: %s".formatted(state.id(), e.getMessage()), e);
        }
    }

    private static boolean isLoopOf(PartState part) throws IOException {
        return LoopDevices.all().stream()
                .anyMatch(l ->
                        l.device().toString().equals(part.loop())
                                && l.file().replace(" (deleted)", "").equals(real(part.file())));
    }

    private static List<Path> unnoted(PartState part, Set<String> noted) throws IOException {
        return LoopDevices.all().stream()
                .filter(l ->
                        l.file().equals(real(part.file()))
                                && !noted.contains(l.device().toString()))
                .map(LoopDevices.Loop::device)
                .toList();
    }

    private Set<String> loopsOfAll() {
        var all = new HashSet<String>();
        ledger.all()
                .forEach(s -> s.disks().forEach(d -> d.backing().forEach(p -> all.add(p.loop()))));
        return all;
    }

    private static List<Path> inUse() {
        try {
            return LoopDevices.all().stream().map(LoopDevices.Loop::device).toList();
        } catch (IOException e) {
            throw new DriverFailure("cannot list loop devices: " + e.getMessage(), e);
        }
    }

    private static String real(String file) {
        try {
            return Path.of(file).toRealPath().toString();
        } catch (IOException e) {
            return file; // it is gone
        }
    }
}
