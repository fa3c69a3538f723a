// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.network.user;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Gives each pod a network of its own inside its hypervisor's process. It needs no privileges and
 * touches nothing on the host but published ports. All pods have the same addresses, those of
 * QEMU's user network; they can't reach each other.
 */
@Component(service = NetworkDriver.class)
@ProvidesDriver(kind = "network", name = UserNetworkDriver.NAME)
public final class UserNetworkDriver implements NetworkDriver {
    static final String NAME = "user";
    private static final String SUBNET = "10.0.2.0/24";
    private static final String GATEWAY = "10.0.2.2";
    private static final String NAMESERVER = "10.0.2.3";
    private static final String GUEST = "10.0.2.15";

    private final PortReservations ports = new PortReservations();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("subnet", SUBNET);
        facts.put("address", GUEST);
        facts.put("name server", NAMESERVER);
        return new Probe(
                true,
                List.of(
                        "pods reach out through the hypervisor's sockets, and each other only"
                                + " through published ports"),
                facts);
    }

    @Override
    public List<Network> networks() {
        return List.of(new Network(NAME, NAME, SUBNET, GATEWAY));
    }

    @Override
    public Network createNetwork(NetworkSpec spec) {
        throw new Unsupported("network driver " + NAME, "networks besides its own");
    }

    @Override
    public void removeNetwork(String name) {
        if (name.equals(NAME)) {
            throw new InvalidSpec("network " + NAME + " belongs to its driver: stop its bundle");
        }
    }

    @Override
    public Endpoint connect(EndpointSpec spec) {
        if (!spec.network().equals(NAME)) {
            throw new NotFound(
                    "network driver " + NAME + " has no network '" + spec.network() + "'");
        }
        return endpoint(spec.pod(), ports.reserve(spec.pod(), spec.ports()));
    }

    @Override
    public Endpoint adopt(Endpoint endpoint) {
        ports.adopt(endpoint.pod(), endpoint.ports());
        return endpoint(endpoint.pod(), endpoint.ports());
    }

    @Override
    public Endpoint publish(Endpoint endpoint, List<PortMapping> mappings) {
        return endpoint(endpoint.pod(), ports.reserve(endpoint.pod(), mappings));
    }

    @Override
    public void disconnect(Endpoint endpoint) {
        ports.release(endpoint.pod());
    }

    private static Endpoint endpoint(String pod, List<PortMapping> mappings) {
        List<Forward> forwards =
                mappings.stream()
                        .map(m ->
                                new Forward(
                                        m.protocol(),
                                        m.hostAddress(),
                                        m.hostPort(),
                                        m.containerPort()))
                        .toList();
        return new Endpoint(
                pod,
                NAME,
                NAME,
                mac(pod),
                List.of(GUEST + "/24"),
                GATEWAY,
                List.of(NAMESERVER),
                0,
                new NicBackend.UserMode(SUBNET, GATEWAY, NAMESERVER, GUEST, forwards),
                mappings,
                Map.of());
    }

    /** A unicast, locally administered address (IEEE 802, second bit of the first octet). */
    private static String mac(String pod) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(pod.getBytes(StandardCharsets.UTF_8));
            return "02:" + HexFormat.ofDelimiter(":").formatHex(digest, 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
