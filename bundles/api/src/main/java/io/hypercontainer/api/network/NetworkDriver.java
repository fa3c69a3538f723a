// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import io.hypercontainer.api.driver.Driver;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Connects pods to networks. Networks and endpoints live on the host (or in the machine's process)
 * and go on working while the driver is away.
 */
@ConsumerType
public interface NetworkDriver extends Driver {
    /** {@return the networks that it has; at least one, the first is its default} */
    List<Network> networks();

    /**
     * Makes a network.
     *
     * @param spec what is wanted
     * @return the network
     * @throws io.hypercontainer.api.Unsupported if the driver has only its own
     */
    Network createNetwork(NetworkSpec spec);

    /**
     * Removes a network; does nothing if there is none of that name.
     *
     * @param name its name
     * @throws io.hypercontainer.api.Conflict if it has endpoints
     */
    void removeNetwork(String name);

    /**
     * Connects a pod. Reserves addresses and host ports, makes the host's end.
     *
     * @param spec what is wanted
     * @return the endpoint; a host port 0 has been replaced by one that is free
     * @throws io.hypercontainer.api.Conflict if a host port is taken
     */
    Endpoint connect(EndpointSpec spec);

    /**
     * Takes an endpoint over after a restart: reserves again what it holds, and repairs the host's
     * end if it is gone (after a reboot).
     *
     * @param endpoint what {@link #connect} or {@link #publish} gave
     * @return the endpoint as it is now
     */
    Endpoint adopt(Endpoint endpoint);

    /**
     * Changes the published ports of a connected pod.
     *
     * @param endpoint the endpoint
     * @param ports all ports that shall be published from now on
     * @return the endpoint as it is now; if its backend changed, the runtime tells the hypervisor
     */
    Endpoint publish(Endpoint endpoint, List<PortMapping> ports);

    /**
     * Gives back all that an endpoint holds; does nothing if it is gone.
     *
     * @param endpoint the endpoint
     */
    void disconnect(Endpoint endpoint);
}
