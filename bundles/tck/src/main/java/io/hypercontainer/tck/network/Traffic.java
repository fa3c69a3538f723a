// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.network;

import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Host;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What goes through an endpoint, with a guest behind it. */
@Contract
@DisplayName("Traffic")
public final class Traffic {
    private Endpoint endpoint;
    private Guest guest;

    @BeforeAll
    void boot(Kit kit) {
        endpoint = Endpoints.connect(kit, kit.newId("pod"), Endpoints.tcp(0));
        var needed =
                switch (endpoint.backend()) {
                    case NicBackend.Tap _ -> Capability.TAP;
                    case NicBackend.UserMode _ -> Capability.USER_NETWORK;
                };
        if (!kit.hypervisor().capabilities().contains(needed)) {
            kit.network().disconnect(endpoint);
            Assumptions.abort(
                    "no hypervisor here has " + needed + ", which the driver's networks need");
        }
        var network =
                new GuestNetwork(
                        endpoint.mac(),
                        "eth0",
                        endpoint.addresses(),
                        Optional.of(endpoint.gateway()).filter(g -> !g.isEmpty()),
                        endpoint.mtu(),
                        Optional.empty());
        guest =
                new MachinePlan(kit, "traffic")
                        .nic(
                                new Nic("eth0", endpoint.mac(), endpoint.mtu(), endpoint.backend()),
                                network)
                        .boot();
        var _ =
                guest.start(
                        "mkdir /tmp/web; echo page >/tmp/web/index.html; exec httpd -f -p 80 -h"
                                + " /tmp/web");
    }

    @AfterAll
    void end(Kit kit) {
        if (guest != null) {
            guest.close();
            kit.network().disconnect(endpoint);
        }
    }

    @Test
    @Order(1)
    @DisplayName("A published port of the host leads to the container's port")
    void published() {
        same("the guest's answer", "page", Host.answer(Endpoints.port(endpoint)));
    }

    @Test
    @Order(2)
    @DisplayName("Endpoint.gateway: where the guest's default route goes; it answers")
    void gateway() {
        same(
                "the exit code of a ping of the gateway",
                0,
                guest.run("ping -c 1 -w 60 " + endpoint.gateway()).exit());
    }

    @Test
    @Order(3)
    @DisplayName("publish: if the backend changed, the runtime tells the hypervisor")
    void publish(Kit kit) {
        var before = endpoint;

        endpoint = kit.network().publish(before, List.of(Endpoints.tcp(0)));
        if (!endpoint.backend().equals(before.backend())
                && endpoint.backend() instanceof NicBackend.UserMode user) {
            guest.machine().setForwards("eth0", user.forwards());
        }

        same("the guest's answer", "page", Host.answer(Endpoints.port(endpoint)));
        if (Endpoints.port(endpoint) != Endpoints.port(before)) {
            Await.until("the end of the old port", () -> Host.isClosed(Endpoints.port(before)));
        }
    }

    @Test
    @Order(4)
    @DisplayName("Endpoints go on working while the driver is away, and when it is adopted again")
    void away(Kit kit) {
        kit.daemon().stopDriver();
        try {
            same("without the driver", "page", Host.answer(Endpoints.port(endpoint)));
        } finally {
            kit.daemon().startDriver();
        }
        endpoint = kit.network().adopt(endpoint);
        same("adopted", "page", Host.answer(Endpoints.port(endpoint)));
    }

    @Test
    @Order(5)
    @DisplayName("After the end of machine and endpoint the port is free")
    void disconnect(Kit kit) {
        guest.machine().kill();
        kit.network().disconnect(endpoint);

        that(
                Host.isClosed(Endpoints.port(endpoint)),
                "port %d is still taken",
                Endpoints.port(endpoint));
    }
}
