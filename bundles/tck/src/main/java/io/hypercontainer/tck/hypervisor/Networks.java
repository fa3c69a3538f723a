// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Host;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Network interfaces of a machine. */
@Contract
@DisplayName("Networks")
public final class Networks {
    private static final String MAC = "52:54:00:12:34:56";
    private Optional<Guest> booted = Optional.empty();
    private int port;

    @BeforeAll
    void boot(Kit kit) {
        if (kit.hypervisor().capabilities().contains(Capability.USER_NETWORK)) {
            port = Host.freePort();
            var nic = UserNetwork.nic("eth0", MAC, List.of(UserNetwork.forward(port)));
            var guest =
                    new MachinePlan(kit, "network").nic(nic, UserNetwork.guest("eth0", MAC)).boot();
            booted = Optional.of(guest);
            UserNetwork.serve(guest, "page");
        }
    }

    @AfterAll
    void end() {
        booted.ifPresent(Guest::close);
    }

    private Guest guest(Kit kit) {
        Needs.capability(kit, Capability.USER_NETWORK);
        return booted.orElseThrow();
    }

    @Test
    @Order(1)
    @DisplayName("Nic.mac: the guest finds the interface by it")
    void mac(Kit kit) {
        same(
                "the interface's address in the guest",
                MAC,
                guest(kit).run("cat /sys/class/net/eth0/address").ok());
    }

    @Test
    @Order(2)
    @DisplayName("user-network: the host reaches the guest through forwarded ports")
    void forward(Kit kit) {
        var _ = guest(kit);

        same("the guest's answer", "page", Host.answer(port));
    }

    @Test
    @Order(3)
    @DisplayName("user-network: guests reach out through sockets of the hypervisor's process")
    void out(Kit kit) throws IOException {
        var guest = guest(kit);
        var address = hostAddress();
        Assumptions.assumeTrue(
                address.isPresent(), "the host has no address but those of its loopback");
        try (var server = new ServerSocket(0, 1, address.get())) {
            var served =
                    CompletableFuture.runAsync(() -> {
                        try (var client = server.accept()) {
                            client.getOutputStream()
                                    .write("hello\n".getBytes(StandardCharsets.US_ASCII));
                        } catch (IOException e) {
                            // The guest's answer tells.
                        }
                    });
            var got =
                    guest.run(
                            "nc %s %d </dev/null"
                                    .formatted(
                                            address.get().getHostAddress(), server.getLocalPort()));

            same("what the guest gets of the host", "hello", got.out().strip());
            served.join();
        }
    }

    private static Optional<InetAddress> hostAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                .findFirst();
    }

    @Test
    @Order(4)
    @DisplayName("setForwards: the ports it shall forward from now on, and no others")
    void setForwards(Kit kit) {
        var guest = guest(kit);
        int other = Host.freePort();

        guest.machine().setForwards("eth0", List.of(UserNetwork.forward(other)));

        same("the guest's answer", "page", Host.answer(other));
        Await.until("the end of the old forwarding", () -> Host.isClosed(port));
        guest.machine().setForwards("eth0", List.of());
        Await.until("the end of the forwarding", () -> Host.isClosed(other));
        guest.machine().setForwards("eth0", List.of(UserNetwork.forward(port)));
        same("the guest's answer", "page", Host.answer(port));
    }

    @Test
    @Order(5)
    @DisplayName("setForwards of an interface that is not there is refused")
    void setForwardsOfNone(Kit kit) {
        var guest = guest(kit);

        refused("ports of 'none'", () -> guest.machine().setForwards("none", List.of()));
    }

    @Test
    @Order(6)
    @DisplayName("A machine without interfaces has none but its loopback")
    void none(Kit kit) {
        try (var alone = new MachinePlan(kit, "alone").boot()) {
            same(
                    "the guest's interfaces of hardware",
                    "",
                    alone.run("for i in /sys/class/net/*; do [ ! -e $i/device ] || echo $i; done")
                            .ok());
        }
    }

    @Test
    @Order(7)
    @DisplayName("addNic plugs an interface in, removeNic unplugs it")
    void hotplug(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_NIC);
        var guest = guest(kit);
        int hot = Host.freePort();
        var mac = "52:54:00:12:34:99";
        var nic = UserNetwork.nic("hot", mac, List.of(UserNetwork.forward(hot)));
        var there = "grep -l " + mac + " /sys/class/net/*/address | wc -l";

        guest.machine().addNic(nic);
        Await.until("the interface in the guest", () -> guest.run(there).ok().equals("1"));
        refused("a second interface 'hot'", () -> guest.machine().addNic(nic));
        guest.machine().removeNic("hot");

        Await.until("the end of the interface", () -> guest.run(there).ok().equals("0"));
        that(Host.isClosed(hot), "its port is still forwarded");
    }

    @Test
    @Order(8)
    @DisplayName("tap: interfaces use a tap device that the network driver made")
    void tap(Kit kit) throws IOException {
        Needs.capability(kit, Capability.TAP);
        try (var tap = TapDevice.make("tck-tap0", "192.0.2.1/24")) {
            var nic = new Nic("eth0", MAC, 0, new NicBackend.Tap(tap.name()));
            var network =
                    new io.hypercontainer.api.agent.GuestNetwork(
                            MAC,
                            "eth0",
                            List.of("192.0.2.2/24"),
                            Optional.of("192.0.2.1"),
                            0,
                            Optional.empty());
            try (var machine = new MachinePlan(kit, "tap").nic(nic, network).boot()) {
                same("a ping of the host", 0, machine.run("ping -c 1 192.0.2.1").exit());
            }
        }
    }

    @Test
    @Order(20)
    @DisplayName("The end of a machine ends its forwarding")
    void end(Kit kit) {
        var guest = guest(kit);

        guest.machine().kill();

        that(Host.isClosed(port), "the host's port %d is still taken", port);
    }
}
