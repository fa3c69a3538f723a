// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A network driver with faults. */
final class WrongNetwork implements NetworkDriver, AutoCloseable {
    private final NetworkDriver good;
    private final Faults faults;
    private final List<ServerSocket> listening = new ArrayList<>();

    WrongNetwork(NetworkDriver good, Faults faults) {
        this.good = good;
        this.faults = faults;
    }

    @Override
    public String name() {
        return faults.name(good);
    }

    @Override
    public Probe probe() {
        return faults.probe(good);
    }

    @Override
    public List<Holding> census() {
        return faults.census(good);
    }

    @Override
    public void dispose(Holding holding) {
        faults.dispose(good, holding);
    }

    @Override
    public List<Network> networks() {
        return good.networks();
    }

    @Override
    public Network createNetwork(NetworkSpec spec) {
        return good.createNetwork(spec);
    }

    @Override
    public void removeNetwork(String name) {
        if (faults.has(Fault.MISSES_NETWORKS)) {
            throw new NotFound("there is no network " + name);
        }
        good.removeNetwork(name);
    }

    @Override
    public Endpoint connect(EndpointSpec spec) {
        var network = faults.has(Fault.ANY_NETWORK) ? networks().getFirst().name() : spec.network();
        return wrong(
                good.connect(new EndpointSpec(spec.pod(), network, spec.names(), spec.ports())));
    }

    private Endpoint wrong(Endpoint e) {
        return faults.has(Fault.ONE_ADDRESS_FOR_ALL)
                ? new Endpoint(
                        e.pod(),
                        e.network(),
                        e.driver(),
                        "02:00:00:00:00:01",
                        e.addresses(),
                        e.gateway(),
                        e.nameservers(),
                        e.mtu(),
                        e.backend(),
                        e.ports(),
                        e.details())
                : e;
    }

    @Override
    public Endpoint adopt(Endpoint endpoint) {
        return faults.has(Fault.ADOPTS_WITHOUT_RESERVING) ? endpoint : wrong(good.adopt(endpoint));
    }

    @Override
    public Endpoint publish(Endpoint endpoint, List<PortMapping> ports) {
        return wrong(good.publish(endpoint, ports));
    }

    @Override
    public void disconnect(Endpoint endpoint) {
        if (faults.has(Fault.KEEPS_PORTS)) {
            return;
        }
        good.disconnect(endpoint);
        if (faults.has(Fault.LISTENS_AFTERWARDS) && listening.isEmpty()) {
            var port = endpoint.ports().getFirst().hostPort();
            try {
                listening.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (var socket : listening) {
            socket.close();
        }
    }
}
