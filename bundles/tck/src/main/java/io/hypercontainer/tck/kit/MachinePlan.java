// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.storage.Root;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A machine to start. Sizes and counts are the smallest that every hypervisor can give. */
public final class MachinePlan {
    /** Memory of a machine that says nothing else. */
    public static final long MEMORY = 256L << 20;

    private final Kit kit;
    private final String id;
    private final List<Disk> disks = new ArrayList<>();
    private final List<Nic> nics = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final List<GuestNetwork> networks = new ArrayList<>();
    private int cpus = 1;
    private long memory = MEMORY;
    private int spare;
    private boolean requireHardware;

    /**
     * @param what a word for its id
     */
    public MachinePlan(Kit kit, String what) {
        this.kit = kit;
        this.id = kit.newId(what);
    }

    /** {@return its id} */
    public String id() {
        return id;
    }

    /** Asks for CPUs. */
    public MachinePlan cpus(int number) {
        cpus = number;
        return this;
    }

    /** Asks for memory. */
    public MachinePlan memory(long bytes) {
        memory = bytes;
        return this;
    }

    /** Asks for room for devices. */
    public MachinePlan spare(int number) {
        spare = number;
        return this;
    }

    /** Asks for an isolation by hardware. */
    public MachinePlan requireHardware() {
        requireHardware = true;
        return this;
    }

    /** Adds an argument of the kernel's. */
    public MachinePlan argument(String argument) {
        arguments.add(argument);
        return this;
    }

    /** Adds a disk. */
    public MachinePlan disk(Disk disk) {
        disks.add(disk);
        return this;
    }

    /** Adds an interface. */
    public MachinePlan nic(Nic nic) {
        nics.add(nic);
        return this;
    }

    /** Adds an interface that the guest brings up. */
    public MachinePlan nic(Nic nic, GuestNetwork network) {
        networks.add(network);
        return nic(nic);
    }

    /** Adds a share. */
    public MachinePlan share(Share share) {
        shares.add(share);
        return this;
    }

    /** {@return a disk that is a whole file} */
    public static Disk disk(String id, Root.FileSystem files, boolean readOnly) {
        return disk(id, files.file(), files.length(), readOnly);
    }

    /** {@return a disk that is a whole file} */
    public static Disk disk(String id, Path file, long length, boolean readOnly) {
        return new Disk(id, List.of(new Extent(file, 0, length)), readOnly);
    }

    /**
     * Plugs a root file system in, as the runtime does.
     *
     * @param name how its disks and shares begin
     * @return where the guest finds it
     */
    public GuestRoot root(String name, Root root) {
        return switch (root) {
            case Root.BlockLayers layers -> {
                layers.writable().ifPresent(w -> disks.add(disk(name + "-rw", w, false)));
                yield new GuestRoot.Layers(
                        layers(name, layers.layers()),
                        layers.writable().map(_ -> name + "-rw"),
                        layers.writable().map(Root.FileSystem::type).orElse(""));
            }
            case Root.SingleDisk single -> {
                disks.add(disk(name, single.disk(), false));
                yield new GuestRoot.SingleDisk(name, single.disk().type(), single.directory());
            }
            case Root.SharedDirectory shared -> {
                shares.add(new Share(name, shared.directory(), false));
                yield new GuestRoot.Shared(name);
            }
        };
    }

    private List<GuestRoot.Layer> layers(String name, List<Root.FileSystem> files) {
        var places = new ArrayList<GuestRoot.Layer>();
        if (!kit.hypervisor().capabilities().contains(Capability.JOINED_DISK)) {
            for (var file : files) {
                var disk = name + "-" + places.size();
                disks.add(disk(disk, file, true));
                places.add(new GuestRoot.Layer(disk, 0, file.length(), file.type()));
            }
            return places;
        }
        var extents = new ArrayList<Extent>();
        long offset = 0;
        for (var file : files) {
            extents.add(new Extent(file.file(), 0, file.length()));
            places.add(new GuestRoot.Layer(name, offset, file.length(), file.type()));
            offset += file.length();
        }
        if (!extents.isEmpty()) {
            disks.add(new Disk(name, extents, true));
        }
        return places;
    }

    /** {@return the machine, whose folder is made} */
    public VmSpec spec() {
        return new VmSpec(
                id,
                kit.makeFolder(id),
                cpus,
                memory,
                kit.boot(arguments),
                disks,
                nics,
                shares,
                spare,
                requireHardware);
    }

    /** Starts the machine. */
    public VirtualMachine launch() {
        return kit.launch(spec());
    }

    /** Starts the machine and connects to its guest, which has one container. */
    public Guest boot() {
        var box = root("box", BaseImage.of(kit).root());
        return Guest.boot(kit, launch(), networks, Optional.of(box));
    }

    /** Starts the machine in another way than usual, and connects to its guest. */
    public Guest boot(Start start) {
        var box = root("box", BaseImage.of(kit).root());
        return Guest.boot(kit, kit.launched(start.start(spec())), networks, Optional.of(box));
    }

    /** A way to start a machine. */
    public interface Start {
        /** {@return the running machine} */
        VirtualMachine start(VmSpec spec);
    }

    /** Plugs in what {@link #boot} plugs in for the guest's container. */
    public MachinePlan withBox() {
        var _ = root("box", BaseImage.of(kit).root());
        return this;
    }

    /** Starts the machine and connects to its guest, which has no container. */
    public Guest bootEmpty() {
        return Guest.boot(kit, launch(), networks, Optional.empty());
    }
}
