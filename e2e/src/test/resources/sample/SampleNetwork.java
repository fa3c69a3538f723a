// SPDX-License-Identifier: Apache-2.0
package com.example.sample;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import java.util.List;
import java.util.Map;

/** A network driver that has a network and connects nobody. */
final class SampleNetwork implements NetworkDriver {
    private final String name;
    private final String trouble;

    SampleNetwork(String name, String trouble) {
        this.name = name;
        this.trouble = trouble;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Probe probe() {
        return trouble.isEmpty() ? Probe.usable(Map.of()) : Probe.unusable(trouble);
    }

    @Override
    public List<Network> networks() {
        return List.of(new Network(name + "-net", name, "10.9.0.0/24", "10.9.0.1"));
    }

    @Override
    public Network createNetwork(NetworkSpec spec) {
        throw new Unsupported(name, "networks besides its own");
    }

    @Override
    public void removeNetwork(String network) {}

    @Override
    public Endpoint connect(EndpointSpec spec) {
        throw new Unsupported(name, "endpoints");
    }

    @Override
    public Endpoint adopt(Endpoint endpoint) {
        return endpoint;
    }

    @Override
    public Endpoint publish(Endpoint endpoint, List<PortMapping> ports) {
        return endpoint;
    }

    @Override
    public void disconnect(Endpoint endpoint) {}
}
