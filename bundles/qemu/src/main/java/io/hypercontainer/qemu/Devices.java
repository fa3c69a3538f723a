// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Descriptions of devices and what is behind them, in the one form that the command line and QMP
 * share. Being JSON, they need no quoting.
 */
final class Devices {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Devices() {}

    static String diskId(String disk) {
        return "disk-" + disk;
    }

    static String nicId(String nic) {
        return "nic-" + nic;
    }

    static String shareId(String tag) {
        return "share-" + tag;
    }

    static String portId(int port) {
        return "port" + port;
    }

    static ObjectNode disk(String id, int port) {
        return onPort("virtio-blk-pci", diskId(id), port)
                .put("drive", diskId(id))
                .put("serial", id);
    }

    static ObjectNode nic(Nic nic, int port) {
        var device =
                onPort("virtio-net-pci", nicId(nic.id()), port)
                        .put("netdev", nicId(nic.id()))
                        .put("mac", nic.mac())
                        // Nothing boots from the network; reading the option ROM takes time.
                        .put("romfile", "");
        return nic.mtu() > 0 ? device.put("host_mtu", nic.mtu()) : device;
    }

    static ObjectNode netdev(Nic nic) {
        return switch (nic.backend()) {
            case NicBackend.UserMode user -> userMode(nicId(nic.id()), user);
            case NicBackend.Tap _ -> throw new Unsupported("qemu", Capability.TAP);
        };
    }

    private static ObjectNode userMode(String id, NicBackend.UserMode user) {
        var netdev =
                JSON.createObjectNode()
                        .put("type", "user")
                        .put("id", id)
                        .put("ipv6", false)
                        .put("net", user.subnet())
                        .put("host", user.gateway())
                        .put("dns", user.nameserver())
                        .put("dhcpstart", user.guest());
        var rules = netdev.putArray("hostfwd");
        user.forwards()
                .forEach(f -> rules.addObject().put("str", HostForwarding.rule(f, user.guest())));
        return netdev;
    }

    static ObjectNode share(Share share, int port) {
        return onPort("vhost-user-fs-pci", shareId(share.tag()), port)
                .put("chardev", shareId(share.tag()))
                .put("tag", share.tag());
    }

    /** {@return what is behind {@link #memory}: as much as the guest could ever ask for} */
    static ObjectNode addedMemory(long bytes, boolean shared) {
        return memoryBackend(GuestMemory.BACKEND, bytes, shared).put("reserve", false);
    }

    static ObjectNode memoryBackend(String id, long bytes, boolean shared) {
        return JSON.createObjectNode()
                .put("qom-type", shared ? "memory-backend-memfd" : "memory-backend-ram")
                .put("id", id)
                .put("size", bytes)
                .put("share", shared);
    }

    static ObjectNode memory(int port, long bytes) {
        return onPort("virtio-mem-pci", GuestMemory.DEVICE, port)
                .put("memdev", GuestMemory.BACKEND)
                .put("block-size", GuestMemory.BLOCK)
                .put("requested-size", bytes);
    }

    private static ObjectNode onPort(String driver, String id, int port) {
        return JSON.createObjectNode().put("driver", driver).put("id", id).put("bus", portId(port));
    }
}
