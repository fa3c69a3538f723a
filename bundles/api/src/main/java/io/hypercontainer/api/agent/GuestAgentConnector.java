// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import io.hypercontainer.api.hypervisor.ChannelAddress;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/** Opens the channel to a guest agent. Published as an OSGi service. */
@ConsumerType
public interface GuestAgentConnector {
    /**
     * Connects to the agent of a machine that has just been launched and to which nobody has
     * connected before; returns when the agent has said hello.
     *
     * @param address the machine's channel
     * @param timeout how long boot and hello may take together
     * @return the connected agent
     * @throws io.hypercontainer.api.DeadlineExceeded if it did not say hello in time
     * @throws io.hypercontainer.api.DriverFailure if the channel broke or the guest is incompatible
     */
    GuestAgent connect(ChannelAddress address, Duration timeout);

    /**
     * Connects to an agent that an earlier connection left behind, perhaps in the middle of a
     * message. Processes go on where they were; see {@link GuestAgent#process}.
     *
     * @param address the machine's channel
     * @param timeout how long the agent may take to answer
     * @return the connected agent
     * @throws io.hypercontainer.api.DeadlineExceeded if it did not answer in time
     * @throws io.hypercontainer.api.DriverFailure if the channel broke or the guest is incompatible
     */
    GuestAgent reconnect(ChannelAddress address, Duration timeout);
}
