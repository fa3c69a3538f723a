// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.tck.kit.Guest;
import java.util.List;
import java.util.Optional;

/** An interface with a network inside the hypervisor, and what is tried with it. */
final class UserNetwork {
    static final int PORT = 8000;
    private static final String SUBNET = "10.0.2.0/24";
    private static final String GATEWAY = "10.0.2.2";
    private static final String NAMESERVER = "10.0.2.3";
    private static final String GUEST = "10.0.2.15";

    private UserNetwork() {}

    static Nic nic(String id, String mac, List<Forward> forwards) {
        return new Nic(
                id, mac, 0, new NicBackend.UserMode(SUBNET, GATEWAY, NAMESERVER, GUEST, forwards));
    }

    static GuestNetwork guest(String name, String mac) {
        return new GuestNetwork(
                mac, name, List.of(GUEST + "/24"), Optional.of(GATEWAY), 0, Optional.empty());
    }

    static Forward forward(int hostPort) {
        return new Forward("tcp", "127.0.0.1", hostPort, PORT);
    }

    /** Has the guest answer with a word on its port. */
    static void serve(Guest guest, String word) {
        var _ =
                guest.start(
                        "mkdir -p /tmp/%1$s; echo %1$s >/tmp/%1$s/index.html; exec httpd -f -p %2$d -h /tmp/%1$s"
                                .formatted(word, PORT));
    }
}
