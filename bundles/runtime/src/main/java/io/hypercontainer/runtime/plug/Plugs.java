// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.network.Network;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that is plugged into the runtime.
 *
 * @param hypervisors hypervisor drivers
 * @param storage storage drivers
 * @param networks network drivers
 * @param images the image store
 * @param agents connects to guest agents
 */
public record Plugs(
        DriverSlot<Hypervisor> hypervisors,
        DriverSlot<StorageDriver> storage,
        DriverSlot<NetworkDriver> networks,
        Slot<Images> images,
        Slot<GuestAgentConnector> agents) {
    /**
     * @param patience how long something missing is waited for
     * @return with nothing plugged in
     */
    public static Plugs empty(Duration patience) {
        return new Plugs(
                new DriverSlot<>("hypervisor", patience),
                new DriverSlot<>("storage", patience),
                new DriverSlot<>("network", patience),
                new Slot<>("image store", patience),
                new Slot<>("guest agent connector", patience));
    }

    /**
     * A network and the driver that has it.
     *
     * @param network its name
     * @param driver the driver's name
     */
    public record Choice(String network, String driver) {}

    /**
     * @param name name of a network, empty for the first one of a driver that can work
     * @return the network
     * @throws NotFound if no driver has such a network
     */
    public Choice network(String name) {
        if (name.isEmpty()) {
            NetworkDriver driver = networks.standard("");
            return new Choice(driver.networks().getFirst().name(), driver.name());
        }
        return networks.slot()
                .await(all -> network(all, name))
                .orElseThrow(() ->
                        new NotFound(
                                "no network driver has a network '"
                                        + name
                                        + "': make it, or use 'none'"));
    }

    private static Optional<Choice> network(List<Plugged<NetworkDriver>> drivers, String name) {
        for (Plugged<NetworkDriver> plugged : drivers) {
            for (Network network : plugged.service().networks()) {
                if (network.name().equals(name)) {
                    return Optional.of(new Choice(name, plugged.service().name()));
                }
            }
        }
        return Optional.empty();
    }
}
