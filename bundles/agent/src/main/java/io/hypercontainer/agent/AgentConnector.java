// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.agent.GuestInfo;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Connects to guests that run HyperContainer's own agent. */
@Component(service = GuestAgentConnector.class)
public final class AgentConnector implements GuestAgentConnector {
    private static final int PROTOCOL = 1;
    private static final int MAX_FEATURES = 100;

    private final SecureRandom random = new SecureRandom();

    @Override
    public GuestAgent connect(ChannelAddress address, Duration timeout) {
        Connection connection = open(address, false);
        return new AgentClient(connection, info(connection, connection.awaitHello(timeout)));
    }

    @Override
    public GuestAgent reconnect(ChannelAddress address, Duration timeout) {
        Connection connection = open(address, true);
        AgentClient client =
                new AgentClient(connection, info(connection, connection.awaitHello(timeout)));
        try {
            client.takeOver();
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        return client;
    }

    private Connection open(ChannelAddress address, boolean adopting) {
        Path path =
                switch (address) {
                    case ChannelAddress.UnixSocket(Path socket) -> socket;
                    case ChannelAddress.Device(Path device) -> device;
                };
        try {
            return Connection.start(
                    path.toString(), Wire.open(address), new Sync(random), adopting);
        } catch (IOException e) {
            throw new DriverFailure(
                    "cannot open the channel " + path + " to the guest: " + e.getMessage(), e);
        }
    }

    private static GuestInfo info(Connection connection, ObjectNode hello) {
        JsonNode protocol = hello.path("protocol");
        int min = protocol.path("min").asInt(0);
        int max = protocol.path("max").asInt(0);
        if (min > PROTOCOL || max < PROTOCOL) {
            connection.close();
            throw new DriverFailure(
                    "the guest speaks versions "
                            + min
                            + " to "
                            + max
                            + " of the guest protocol, this daemon speaks "
                            + PROTOCOL
                            + "; use the initrd that came with it");
        }
        Set<String> features = new HashSet<>();
        for (JsonNode feature : hello.path("capabilities")) {
            if (features.size() < MAX_FEATURES) {
                features.add(GuestText.clean(feature.asString("")));
            }
        }
        return new GuestInfo(
                "hyper/" + PROTOCOL,
                GuestText.clean(hello.path("agent").asString("")),
                GuestText.clean(hello.path("kernel").asString("")),
                Duration.ofMillis(Math.max(0, hello.path("uptimeMillis").asLong(0))),
                features);
    }
}
