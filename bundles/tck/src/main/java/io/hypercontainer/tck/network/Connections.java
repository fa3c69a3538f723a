// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.network;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Host;
import io.hypercontainer.tck.kit.Kit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Networks, and pods that are connected to them, as seen from the host. */
@Contract
@DisplayName("Networks and endpoints")
public final class Connections {
    private static final int AT_ONCE = 8;

    @Test
    @DisplayName("networks: at least one, the first is its default")
    void networks(Kit kit) {
        var networks = kit.network().networks();

        that(!networks.isEmpty(), "it has none");
        for (var network : networks) {
            same("the driver of " + network.name(), kit.network().name(), network.driver());
            var subnet = Subnet.parse(network.subnet());
            that(
                    network.gateway().isEmpty() || subnet.contains(network.gateway()),
                    "the gateway %s is not in %s",
                    network.gateway(),
                    network.subnet());
        }
    }

    @Test
    @DisplayName("createNetwork makes a network, or is Unsupported if the driver has only its own")
    void createNetwork(Kit kit) {
        var name = kit.newId("net");
        Network made;
        try {
            made = kit.network().createNetwork(new NetworkSpec(name, Optional.empty()));
        } catch (Unsupported e) {
            Assumptions.abort("the driver has only its own networks: " + e.getMessage());
            return;
        }
        same("its name", name, made.name());
        that(kit.network().networks().contains(made), "it has %s", kit.network().networks());
        kit.network().removeNetwork(name);
        that(!kit.network().networks().contains(made), "after its removal it is there");
    }

    @Test
    @DisplayName("removeNetwork does nothing if there is none of that name")
    void removeNone(Kit kit) {
        var before = kit.network().networks();
        kit.network().removeNetwork("no-such-network");

        same("the networks", before, kit.network().networks());
    }

    @Test
    @DisplayName("connect: the endpoint is the pod's, with addresses in the network")
    void connect(Kit kit) {
        var network = kit.network().networks().getFirst();
        var pod = kit.newId("pod");
        var endpoint = Endpoints.connect(kit, pod);

        same("the pod", pod, endpoint.pod());
        same("the network", network.name(), endpoint.network());
        same("the driver", kit.network().name(), endpoint.driver());
        that(
                endpoint.mac().matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}"),
                "the hardware address is '%s'",
                endpoint.mac());
        that(
                (Integer.parseInt(endpoint.mac().substring(0, 2), 16) & 1) == 0,
                "%s is an address of many",
                endpoint.mac());
        that(!endpoint.addresses().isEmpty(), "the guest has no address");
        var subnet = Subnet.parse(network.subnet());
        for (var address : endpoint.addresses()) {
            that(
                    address.contains(":") || subnet.contains(address.replaceFirst("/.*", "")),
                    "%s is not in %s",
                    address,
                    network.subnet());
        }
        that(endpoint.mtu() == 0 || endpoint.mtu() >= 68, "an MTU of %d", endpoint.mtu());
        kit.network().disconnect(endpoint);
    }

    @Test
    @DisplayName("Two pods have different hardware addresses")
    void two(Kit kit) {
        var one = Endpoints.connect(kit, kit.newId("pod"));
        var two = Endpoints.connect(kit, kit.newId("pod"));

        that(!one.mac().equals(two.mac()), "both have %s", one.mac());
        kit.network().disconnect(one);
        kit.network().disconnect(two);
    }

    @Test
    @DisplayName("connect to a network that is not there is refused")
    void noNetwork(Kit kit) {
        refused(
                "a network that is not there",
                () -> Endpoints.connectTo(kit, "no-such-network", kit.newId("pod")));
    }

    @Test
    @DisplayName("connect: a host port 0 has been replaced by one that is free")
    void freePort(Kit kit) {
        var endpoint = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        var port = Endpoints.port(endpoint);

        that(port > 0, "the port is %d", port);
        same("the container's port", 80, endpoint.ports().getFirst().containerPort());
        kit.network().disconnect(endpoint);
    }

    @Test
    @DisplayName("connect reserves host ports: Conflict if another pod has one")
    void takenByPod(Kit kit) {
        var first = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        var port = Endpoints.port(first);

        refused(
                "the port of another pod",
                () -> Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(port)),
                Conflict.class);
        var udp =
                Endpoints.connect(
                        kit, kit.newId("pod"), new PortMapping("udp", "127.0.0.1", port, 80));
        kit.network().disconnect(udp);
        kit.network().disconnect(first);
        var next = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(port));
        same("the port that was given back", port, Endpoints.port(next));
        kit.network().disconnect(next);
    }

    @Test
    @DisplayName("connect: Conflict if another process listens on a host port")
    void takenByProcess(Kit kit) throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused(
                    "a port on which somebody listens",
                    () ->
                            Endpoints.connect(
                                    kit, kit.newId("pod"), Endpoints.tcp(other.getLocalPort())),
                    Conflict.class);
        }
    }

    @Test
    @DisplayName("connect that fails reserves nothing")
    void failed(Kit kit) {
        var first = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        int free = Host.freePort();
        refused(
                "two ports of which one is taken",
                () ->
                        Endpoints.connect(
                                kit,
                                kit.newId("pod"),
                                Endpoints.tcp(free),
                                Endpoints.tcp(Endpoints.port(first))),
                Conflict.class);

        var next = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(free));
        kit.network().disconnect(next);
        kit.network().disconnect(first);
    }

    @Test
    @DisplayName("publish: all ports that shall be published from now on")
    void publish(Kit kit) {
        var endpoint = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        var old = Endpoints.port(endpoint);

        var changed = kit.network().publish(endpoint, List.of(Endpoints.tcp(0)));
        var other = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        refused(
                "the port of another pod",
                () -> kit.network().publish(changed, List.of(Endpoints.tcp(Endpoints.port(other)))),
                Conflict.class);

        same("the pod", endpoint.pod(), changed.pod());
        same("the hardware address", endpoint.mac(), changed.mac());
        same("the number of ports", 1, changed.ports().size());
        if (Endpoints.port(changed) != old) {
            var next = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(old));
            kit.network().disconnect(next);
        }
        var none = kit.network().publish(changed, List.of());
        same("the ports, when none shall be published", List.of(), none.ports());
        kit.network().disconnect(none);
        kit.network().disconnect(other);
    }

    @Test
    @DisplayName("adopt reserves again what an endpoint holds, after a restart of daemon or driver")
    void adopt(Kit kit) {
        var endpoint = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        var port = Endpoints.port(endpoint);
        for (Runnable restart : List.<Runnable>of(kit::restart, kit::restartDriver)) {
            restart.run();
            var adopted = kit.network().adopt(endpoint);

            same("the adopted endpoint", endpoint, adopted);
            refused(
                    "the adopted pod's port",
                    () -> Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(port)),
                    Conflict.class);
        }
        kit.network().disconnect(endpoint);
        var next = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(port));
        kit.network().disconnect(next);
    }

    @Test
    @DisplayName("disconnect gives back all that an endpoint holds; does nothing if it is gone")
    void disconnect(Kit kit) {
        var endpoint = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        kit.network().disconnect(endpoint);
        kit.network().disconnect(endpoint);

        none(
                "census lists",
                kit.network().census().stream()
                        .filter(h -> h.toString().contains(endpoint.pod()))
                        .toList());
        var again =
                Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(Endpoints.port(endpoint)));
        kit.network().disconnect(again);
    }

    @Test
    @DisplayName("Pods that are connected at once get different ports")
    void atOnce(Kit kit) throws InterruptedException {
        var calls = new ArrayList<Callable<Endpoint>>();
        for (int i = 0; i < AT_ONCE; i++) {
            var pod = kit.newId("pod");
            calls.add(() -> Endpoints.connect(kit, pod, Endpoints.tcp(0)));
        }
        var ports = new HashSet<Integer>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var endpoints = new ArrayList<Endpoint>();
            for (var call : executor.invokeAll(calls)) {
                endpoints.add(call.get());
            }
            endpoints.forEach(e -> ports.add(Endpoints.port(e)));
            endpoints.forEach(kit.network()::disconnect);
        } catch (ExecutionException e) {
            throw new AssertionError("one of the calls fails: " + e.getCause(), e);
        }
        same("the number of different ports", AT_ONCE, ports.size());
    }
}
