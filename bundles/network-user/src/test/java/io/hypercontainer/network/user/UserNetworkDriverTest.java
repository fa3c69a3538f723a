// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.network.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.NetworkSpec;
import io.hypercontainer.api.network.PortMapping;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserNetworkDriverTest {
    private static final String LOOPBACK = "127.0.0.1";
    private final UserNetworkDriver driver = new UserNetworkDriver();

    @Test
    void givesEachPodTheAddressesOfTheUserNetworkAndItsOwnHardwareAddress() {
        Endpoint a = connect("a");
        Endpoint b = connect("b");

        assertThat(a.addresses()).containsExactly("10.0.2.15/24");
        assertThat(a.gateway()).isEqualTo("10.0.2.2");
        assertThat(a.nameservers()).containsExactly("10.0.2.3");
        assertThat(a.mac()).matches("02(:[0-9a-f]{2}){5}").isNotEqualTo(b.mac());
        assertThat(connect("a").mac()).isEqualTo(a.mac());
    }

    @Test
    void choosesAFreePortForPortZero() {
        Endpoint endpoint = connect("a", tcp(0, 80), tcp(0, 81));

        List<Integer> chosen = endpoint.ports().stream().map(PortMapping::hostPort).toList();
        assertThat(chosen).doesNotContain(0).doesNotHaveDuplicates();
        assertThat(((NicBackend.UserMode) endpoint.backend()).forwards())
                .containsExactly(
                        new Forward("tcp", LOOPBACK, chosen.get(0), 80),
                        new Forward("tcp", LOOPBACK, chosen.get(1), 81));
    }

    @Test
    void refusesAPortThatAnotherProcessListensOn() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> connect("a", tcp(other.getLocalPort(), 80)))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("127.0.0.1:" + other.getLocalPort() + "/tcp");
        }
    }

    @Test
    void refusesAPortThatAnotherPodHoldsUntilItIsDisconnected() {
        Endpoint first = connect("first-pod", tcp(0, 80));
        int port = first.ports().getFirst().hostPort();
        PortMapping everywhere = new PortMapping("tcp", "0.0.0.0", port, 80);

        assertThatThrownBy(() -> connect("b", everywhere))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("container first-pod");
        driver.disconnect(first);
        assertThat(connect("b", everywhere).ports()).containsExactly(everywhere);
    }

    @Test
    void refusesTheSamePortTwiceInOnePod() {
        int port = connect("a", tcp(0, 80)).ports().getFirst().hostPort();
        assertThatThrownBy(() -> connect("a", tcp(port, 80), tcp(port, 81)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("the same container");
    }

    @Test
    void tcpAndUdpPortsOfTheSameNumberAreDifferentPorts() {
        int port = connect("a", tcp(0, 80)).ports().getFirst().hostPort();
        PortMapping udp = new PortMapping("udp", LOOPBACK, port, 53);
        assertThat(connect("b", udp).ports()).containsExactly(udp);
    }

    @Test
    void aFailedReservationHoldsNothing() {
        int taken = connect("a", tcp(0, 80)).ports().getFirst().hostPort();
        int free = connect("b", tcp(0, 80)).ports().getFirst().hostPort();
        driver.disconnect(connect("b"));

        assertThatThrownBy(() -> connect("c", tcp(free, 1), tcp(taken, 2)))
                .isInstanceOf(Conflict.class);
        assertThat(connect("d", tcp(free, 1)).ports()).hasSize(1);
    }

    @Test
    void adoptingReservesAgainWhatTheHypervisorListensOn() throws Exception {
        try (ServerSocket hypervisor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PortMapping mapping = tcp(hypervisor.getLocalPort(), 80);
            Endpoint recorded = connect("a");
            recorded =
                    new Endpoint(
                            "a",
                            recorded.network(),
                            recorded.driver(),
                            recorded.mac(),
                            recorded.addresses(),
                            recorded.gateway(),
                            recorded.nameservers(),
                            0,
                            recorded.backend(),
                            List.of(mapping),
                            recorded.details());

            Endpoint adopted = new UserNetworkDriver().adopt(recorded);
            assertThat(adopted.ports()).containsExactly(mapping);
            driver.adopt(recorded);
            assertThatThrownBy(() -> connect("b", mapping))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("container a");
            assertThat(driver.publish(adopted, List.of(mapping, tcp(0, 81))).ports())
                    .hasSize(2)
                    .contains(mapping);
        }
    }

    @Test
    void refusesWhatItDoesNotHave() {
        assertThatThrownBy(
                        () -> driver.connect(new EndpointSpec("a", "other", List.of(), List.of())))
                .isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> connect("a", new PortMapping("tcp", "example.org", 80, 80)))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> connect("a", new PortMapping("tcp", "::1", 80, 80)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("IPv6");
        assertThatThrownBy(() -> driver.createNetwork(new NetworkSpec("n", Optional.empty())))
                .isInstanceOf(Unsupported.class);
    }

    private Endpoint connect(String pod, PortMapping... ports) {
        return driver.connect(new EndpointSpec(pod, "user", List.of(), List.of(ports)));
    }

    private static PortMapping tcp(int hostPort, int containerPort) {
        return new PortMapping("tcp", LOOPBACK, hostPort, containerPort);
    }
}
