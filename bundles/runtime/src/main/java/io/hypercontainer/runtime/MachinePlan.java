// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.Wiring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a pod becomes a machine: all that its containers need, and its network. */
final class MachinePlan {
    /** Id of a pod's network interface. */
    static final String NIC = "eth0";

    /** Devices that containers of a pod may bring while it runs: about a dozen containers. */
    private static final int SPARE = 32;

    private final PodRecord pod;
    private final Hypervisor hypervisor;
    private final Map<String, Disk> disks = new LinkedHashMap<>();
    private final Map<String, Share> shares = new LinkedHashMap<>();
    private final List<Nic> nics = new ArrayList<>();
    private final Optional<GuestNetwork> network;
    private Wiring wiring = Wiring.NONE;

    /**
     * @throws Unsupported if the hypervisor lacks something for it
     */
    MachinePlan(PodRecord pod, Hypervisor hypervisor, Optional<Endpoint> endpoint) {
        this.pod = pod;
        this.hypervisor = hypervisor;
        this.network = endpoint.map(this::plugNetwork);
    }

    private GuestNetwork plugNetwork(Endpoint endpoint) {
        Capability needed =
                switch (endpoint.backend()) {
                    case NicBackend.Tap t -> Capability.TAP;
                    case NicBackend.UserMode u -> Capability.USER_NETWORK;
                };
        if (!hypervisor.capabilities().contains(needed)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), needed);
        }
        nics.add(new Nic(NIC, endpoint.mac(), endpoint.mtu(), endpoint.backend()));
        return new GuestNetwork(
                endpoint.mac(),
                NIC,
                endpoint.addresses(),
                Optional.of(endpoint.gateway()).filter(g -> !g.isEmpty()),
                endpoint.mtu());
    }

    /**
     * @param container a container of the pod, planned with {@link #wiring}
     */
    void add(ContainerPlan container) {
        container.disks().forEach(d -> disks.put(d.id(), d));
        container.shares().forEach(s -> shares.put(s.tag(), s));
        wiring = container.wiring();
    }

    Wiring wiring() {
        return wiring;
    }

    VmSpec machine(Path folder, Boot boot, boolean requireHardware) {
        return new VmSpec(
                pod.shortId(),
                folder,
                pod.machine().size().virtualCpus(),
                pod.machine().size().memoryBytes(),
                boot,
                List.copyOf(disks.values()),
                nics,
                List.copyOf(shares.values()),
                pod.single() ? 0 : SPARE,
                requireHardware);
    }

    Optional<GuestNetwork> network() {
        return network;
    }
}
