// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Wiring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which disks and shares a container needs in its pod's machine, and what the guest makes of them.
 */
final class ContainerPlan {
    private final ContainerRecord container;
    private final Hypervisor hypervisor;
    private final List<Disk> disks = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();
    private final List<GuestMount> mounts = new ArrayList<>();
    private final GuestRoot root;
    private Wiring wiring;

    /**
     * @param wiring what is plugged in already
     * @param files the container's root file system
     * @param volumes its volumes by their names
     * @throws Unsupported if the hypervisor lacks something for it
     */
    ContainerPlan(
            ContainerRecord container,
            Hypervisor hypervisor,
            Wiring wiring,
            Root files,
            Map<String, Volume> volumes) {
        this.container = container;
        this.hypervisor = hypervisor;
        this.wiring = wiring.container(container.id());
        this.root = root(files, number(this.wiring.containers(), container.id()));
        for (Mounted mounted : container.spec().mounts()) {
            mounts.add(mount(mounted, volumes));
        }
    }

    private static int number(Map<String, Integer> numbers, String name) {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IllegalStateException("'" + name + "' is not wired");
        }
        return number;
    }

    /**
     * {@return ids of the disks that hold all of a container's root file system, or its changes}
     */
    static List<String> rootDisks(int number) {
        return List.of("root" + number, "layers" + number);
    }

    /** {@return id of the disk of one layer, where layers are not joined} */
    static String layerDisk(int number, int layer) {
        return "layer" + number + "-" + layer;
    }

    /** {@return the disk of what a container was at first} */
    static Disk originalDisk(Wiring wiring, String id, Root.FileSystem files) {
        return disk("root" + number(wiring.containers(), id), files, true);
    }

    /** {@return id of a volume's disk} */
    static String volumeDisk(int number) {
        return "volume" + number;
    }

    /** {@return a word for what a mount shares, the same for all that share it alike} */
    static String what(Mounted.OfHost mount) {
        return (mount.readOnly() ? "ro " : "rw ") + mount.source();
    }

    /** {@return tag of a share} */
    static String shareTag(int number) {
        return "share" + number;
    }

    private GuestRoot root(Root files, int number) {
        String root = "root" + number;
        return switch (files) {
            case Root.BlockLayers layers -> {
                layers.writable().ifPresent(w -> disks.add(disk(root, w, false)));
                yield new GuestRoot.Layers(
                        hypervisor.capabilities().contains(Capability.JOINED_DISK)
                                ? joinLayers("layers" + number, layers.layers())
                                : plugLayers(number, layers.layers()),
                        layers.writable().map(w -> root),
                        layers.writable().map(Root.FileSystem::type).orElse(""));
            }
            case Root.SingleDisk single -> {
                // Writable even if the container only reads: the guest makes what it mounts on.
                disks.add(disk(root, single.disk(), false));
                yield new GuestRoot.SingleDisk(root, single.disk().type(), single.directory());
            }
            case Root.SharedDirectory shared -> {
                share(root, shared.directory(), container.options().readOnly());
                yield new GuestRoot.Shared(root);
            }
        };
    }

    private List<GuestRoot.Layer> joinLayers(String id, List<Root.FileSystem> layers) {
        List<Extent> extents = new ArrayList<>();
        List<GuestRoot.Layer> places = new ArrayList<>();
        long offset = 0;
        for (Root.FileSystem layer : layers) {
            extents.add(new Extent(layer.file(), 0, layer.length()));
            places.add(new GuestRoot.Layer(id, offset, layer.length(), layer.type()));
            offset += layer.length();
        }
        disks.add(new Disk(id, extents, true));
        return places;
    }

    /** How many disks fit is for the hypervisor to say. */
    private List<GuestRoot.Layer> plugLayers(int number, List<Root.FileSystem> layers) {
        List<GuestRoot.Layer> places = new ArrayList<>();
        for (Root.FileSystem layer : layers) {
            String id = layerDisk(number, places.size());
            disks.add(disk(id, layer, true));
            places.add(new GuestRoot.Layer(id, 0, layer.length(), layer.type()));
        }
        return places;
    }

    private GuestMount mount(Mounted mounted, Map<String, Volume> volumes) {
        return switch (mounted) {
            case Mounted.InVolume v -> {
                Volume volume = volumes.get(v.name());
                if (volume == null) {
                    throw new DriverFailure(
                            "volume '"
                                    + v.name()
                                    + "' is gone: remove the container and make it again");
                }
                yield new GuestMount.Volume(
                        plugVolume(volume),
                        volume.disk().type(),
                        v.target(),
                        v.readOnly(),
                        !v.noCopy());
            }
            case Mounted.OfHost h -> {
                String what = what(h);
                wiring = wiring.share(what);
                String tag = shareTag(number(wiring.shares(), what));
                Path source = Path.of(h.source());
                share(tag, source, h.readOnly());
                String path = Files.isRegularFile(source, NOFOLLOW_LINKS) ? Share.FILE : "";
                yield new GuestMount.Bind(tag, path, h.target(), h.readOnly());
            }
            case Mounted.InMemory m ->
                    new GuestMount.Tmpfs(m.sizeBytes(), m.mode(), m.target(), m.options());
        };
    }

    /**
     * A volume that is mounted twice is one disk. It is writable even if its mounts are not: the
     * guest makes folders on it and replays its journal, and the file becomes the machine's own.
     */
    private String plugVolume(Volume volume) {
        wiring = wiring.volume(volume.name());
        String id = volumeDisk(number(wiring.volumes(), volume.name()));
        if (disks.stream().noneMatch(d -> d.id().equals(id))) {
            disks.add(disk(id, volume.disk(), false));
        }
        return id;
    }

    private void share(String tag, Path source, boolean readOnly) {
        need(
                Files.isRegularFile(source, NOFOLLOW_LINKS)
                        ? Capability.SHARE_FILE
                        : Capability.SHARE);
        if (shares.stream().noneMatch(s -> s.tag().equals(tag))) {
            shares.add(new Share(tag, source, readOnly));
        }
    }

    private void need(Capability capability) {
        if (!hypervisor.capabilities().contains(capability)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), capability);
        }
    }

    private static Disk disk(String id, Root.FileSystem files, boolean readOnly) {
        return new Disk(id, List.of(new Extent(files.file(), 0, files.length())), readOnly);
    }

    /** {@return what is plugged in when this plan has been carried out} */
    Wiring wiring() {
        return wiring;
    }

    List<Disk> disks() {
        return disks;
    }

    List<Share> shares() {
        return shares;
    }

    /**
     * @param milliCpus its share of the machine's CPUs if it has no limit of its own
     */
    GuestContainer guestContainer(int milliCpus) {
        return new GuestContainer(
                container.id(),
                root,
                container.options().readOnly(),
                mounts,
                limits(container, milliCpus),
                container.spec().sysctls());
    }

    /**
     * @param milliCpus its share of the machine's CPUs if it has no limit of its own
     */
    static GuestContainer.Limits limits(ContainerRecord container, int milliCpus) {
        Limits limits = container.options().limits();
        int own = (int) Math.round(limits.cpus() * 1000);
        return new GuestContainer.Limits(
                limits.memoryBytes(), own == 0 ? milliCpus : own, limits.pids());
    }
}
