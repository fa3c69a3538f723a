// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a container becomes a machine: which disks, interfaces and shares the machine gets, and what
 * the guest makes of them.
 */
final class MachinePlan {
    private static final String LAYER = "layer";
    private static final String LAYERS = "layers";
    private static final String ROOT = "root";
    private static final String NIC = "eth0";

    private final ContainerRecord container;
    private final Hypervisor hypervisor;
    private final List<Disk> disks = new ArrayList<>();
    private final List<Nic> nics = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();
    private final GuestRoot root;
    private final List<GuestMount> mounts = new ArrayList<>();
    private final Optional<GuestNetwork> network;

    /**
     * @param volumes the container's volumes by their names
     * @throws Unsupported if the hypervisor lacks something for it
     */
    MachinePlan(
            ContainerRecord container,
            Hypervisor hypervisor,
            Root files,
            Map<String, Volume> volumes,
            Optional<Endpoint> endpoint) {
        this.container = container;
        this.hypervisor = hypervisor;
        this.root = root(files);
        Map<String, String> diskOfVolume = plugVolumes(volumes);
        for (Mounted mounted : container.spec().mounts()) {
            mounts.add(mount(mounted, diskOfVolume, volumes));
        }
        this.network = endpoint.map(this::plugNetwork);
    }

    private GuestRoot root(Root files) {
        return switch (files) {
            case Root.BlockLayers layers -> {
                layers.writable().ifPresent(w -> disks.add(disk(ROOT, w, false)));
                yield new GuestRoot.Layers(
                        hypervisor.capabilities().contains(Capability.JOINED_DISK)
                                ? joinLayers(layers.layers())
                                : plugLayers(layers.layers()),
                        layers.writable().map(w -> ROOT),
                        layers.writable().map(Root.FileSystem::type).orElse(""));
            }
            case Root.SingleDisk single -> {
                disks.add(disk(ROOT, single.disk(), container.options().readOnly()));
                yield new GuestRoot.SingleDisk(ROOT, single.disk().type(), single.directory());
            }
            case Root.SharedDirectory shared -> {
                share(ROOT, shared.directory(), container.options().readOnly());
                yield new GuestRoot.Shared(ROOT);
            }
        };
    }

    private List<GuestRoot.Layer> joinLayers(List<Root.FileSystem> layers) {
        List<Extent> extents = new ArrayList<>();
        List<GuestRoot.Layer> places = new ArrayList<>();
        long offset = 0;
        for (Root.FileSystem layer : layers) {
            extents.add(new Extent(layer.file(), 0, layer.length()));
            places.add(new GuestRoot.Layer(LAYERS, offset, layer.length(), layer.type()));
            offset += layer.length();
        }
        disks.add(new Disk(LAYERS, extents, true));
        return places;
    }

    /** How many disks fit is for the hypervisor to say. */
    private List<GuestRoot.Layer> plugLayers(List<Root.FileSystem> layers) {
        List<GuestRoot.Layer> places = new ArrayList<>();
        for (Root.FileSystem layer : layers) {
            String id = LAYER + places.size();
            disks.add(disk(id, layer, true));
            places.add(new GuestRoot.Layer(id, 0, layer.length(), layer.type()));
        }
        return places;
    }

    /**
     * A volume that is mounted twice is one disk. It is writable even if its mounts are not: the
     * guest makes folders on it and replays its journal, and the file becomes the machine's own.
     */
    private Map<String, String> plugVolumes(Map<String, Volume> volumes) {
        Map<String, String> ids = new LinkedHashMap<>();
        for (String name : container.volumes().map(Mounted.InVolume::name).distinct().toList()) {
            String id = "volume" + ids.size();
            ids.put(name, id);
            disks.add(disk(id, volume(volumes, name).disk(), false));
        }
        return ids;
    }

    private static Volume volume(Map<String, Volume> volumes, String name) {
        Volume volume = volumes.get(name);
        if (volume == null) {
            throw new DriverFailure(
                    "volume '" + name + "' is gone: remove the container and make it again");
        }
        return volume;
    }

    private GuestMount mount(
            Mounted mounted, Map<String, String> diskOfVolume, Map<String, Volume> volumes) {
        return switch (mounted) {
            case Mounted.InVolume v ->
                    new GuestMount.Volume(
                            diskOfVolume.getOrDefault(v.name(), ""),
                            volume(volumes, v.name()).disk().type(),
                            v.target(),
                            v.readOnly(),
                            true);
            case Mounted.OfHost h -> {
                String tag = "share" + shares.size();
                share(tag, Path.of(h.source()), h.readOnly());
                yield new GuestMount.Bind(tag, "", h.target(), h.readOnly());
            }
            case Mounted.InMemory m -> new GuestMount.Tmpfs(m.sizeBytes(), m.mode(), m.target());
        };
    }

    private GuestNetwork plugNetwork(Endpoint endpoint) {
        need(
                switch (endpoint.backend()) {
                    case NicBackend.Tap t -> Capability.TAP;
                    case NicBackend.UserMode u -> Capability.USER_NETWORK;
                });
        nics.add(new Nic(NIC, endpoint.mac(), endpoint.mtu(), endpoint.backend()));
        return new GuestNetwork(
                endpoint.mac(),
                NIC,
                endpoint.addresses(),
                Optional.of(endpoint.gateway()).filter(g -> !g.isEmpty()),
                endpoint.mtu());
    }

    private void share(String tag, Path folder, boolean readOnly) {
        need(Capability.SHARE);
        shares.add(new Share(tag, folder, readOnly));
    }

    private void need(Capability capability) {
        if (!hypervisor.capabilities().contains(capability)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), capability);
        }
    }

    private static Disk disk(String id, Root.FileSystem files, boolean readOnly) {
        return new Disk(id, List.of(new Extent(files.file(), 0, files.length())), readOnly);
    }

    VmSpec machine(Path folder, Boot boot, boolean requireHardware) {
        return new VmSpec(
                container.shortId(),
                folder,
                container.machine().size().virtualCpus(),
                container.machine().size().memoryBytes(),
                boot,
                disks,
                nics,
                shares,
                requireHardware);
    }

    Optional<GuestNetwork> network() {
        return network;
    }

    GuestContainer guestContainer() {
        return new GuestContainer(
                container.id(),
                root,
                container.options().readOnly(),
                mounts,
                new GuestContainer.Limits(0, container.machine().size().milliCpus(), 0));
    }
}
