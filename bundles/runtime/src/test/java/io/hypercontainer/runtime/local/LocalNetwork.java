// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network driver that gives every port number once. */
public final class LocalNetwork implements NetworkDriver {
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Probe probe() {
        return Probe.usable(Map.of());
    }

    @Override
    public List<Network> networks() {
        return List.of(new Network("local", "local", "10.0.2.0/24", "10.0.2.2"));
    }

    @Override
    public Network createNetwork(NetworkSpec spec) {
        throw new Unsupported("network driver local", "networks besides its own");
    }

    @Override
    public void removeNetwork(String name) {}

    @Override
    public Endpoint connect(EndpointSpec spec) {
        for (PortMapping port : spec.ports()) {
            if (endpoints.values().stream().anyMatch(e -> e.ports().contains(port))) {
                throw new Conflict("host port " + port + " is taken");
            }
        }
        Endpoint endpoint =
                new Endpoint(
                        spec.pod(),
                        "local",
                        "local",
                        "02:00:00:00:00:01",
                        List.of("10.0.2.15/24"),
                        "10.0.2.2",
                        List.of("10.0.2.3"),
                        0,
                        new NicBackend.UserMode(
                                "10.0.2.0/24", "10.0.2.2", "10.0.2.3", "10.0.2.15", List.of()),
                        spec.ports(),
                        Map.of());
        endpoints.put(spec.pod(), endpoint);
        return endpoint;
    }

    @Override
    public Endpoint adopt(Endpoint endpoint) {
        endpoints.put(endpoint.pod(), endpoint);
        return endpoint;
    }

    @Override
    public Endpoint publish(Endpoint endpoint, List<PortMapping> ports) {
        Endpoint published =
                new Endpoint(
                        endpoint.pod(),
                        endpoint.network(),
                        endpoint.driver(),
                        endpoint.mac(),
                        endpoint.addresses(),
                        endpoint.gateway(),
                        endpoint.nameservers(),
                        endpoint.mtu(),
                        new NicBackend.UserMode(
                                "10.0.2.0/24",
                                "10.0.2.2",
                                "10.0.2.3",
                                "10.0.2.15",
                                ports.stream().map(LocalNetwork::forward).toList()),
                        ports,
                        endpoint.details());
        endpoints.put(endpoint.pod(), published);
        return published;
    }

    private static Forward forward(PortMapping port) {
        return new Forward(
                port.protocol(), port.hostAddress(), port.hostPort(), port.containerPort());
    }

    @Override
    public void disconnect(Endpoint endpoint) {
        endpoints.remove(endpoint.pod());
    }

    @Override
    public List<Holding> census() {
        return endpoints.keySet().stream()
                .<Holding>map(pod -> new Holding.Owned("interface", "tap of " + pod, pod))
                .toList();
    }

    @Override
    public void dispose(Holding holding) {
        if (holding instanceof Holding.Owned endpoint) {
            endpoints.remove(endpoint.owner());
        }
    }

    /** {@return the pods that are connected} */
    public Set<String> connected() {
        return Set.copyOf(endpoints.keySet());
    }
}
