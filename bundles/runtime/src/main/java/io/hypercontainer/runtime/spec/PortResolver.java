// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.ContainerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides which ports of a container with a pod of its own are published. */
public final class PortResolver {
    private static final Pattern EXPOSED = Pattern.compile("([0-9]{1,5})(?:/(tcp|udp))?");
    private static final int MOST_PORTS = 1024;

    private PortResolver() {}

    /**
     * @param spec what the user wants
     * @param image what the image wants
     * @return all that is published; host port 0 for any that is free
     * @throws InvalidSpec if there is no network for it, or if they are too many
     */
    public static List<PortMapping> resolve(ContainerSpec spec, ImageConfig image) {
        List<PortMapping> ports = new ArrayList<>(spec.ports());
        boolean none = spec.machine().network().filter("none"::equals).isPresent();
        if (none && (!ports.isEmpty() || spec.publishAll())) {
            throw new InvalidSpec("ports cannot be published without a network");
        }
        if (spec.publishAll()) {
            image.exposedPorts().stream()
                    .map(PortResolver::anyHostPort)
                    .filter(p ->
                            spec.ports().stream()
                                    .noneMatch(o ->
                                            o.containerPort() == p.containerPort()
                                                    && o.protocol().equals(p.protocol())))
                    .forEach(ports::add);
        }
        return bounded(ports);
    }

    /**
     * @param ports what is published
     * @return the same
     * @throws InvalidSpec if they are too many
     */
    public static List<PortMapping> bounded(List<PortMapping> ports) {
        if (ports.size() > MOST_PORTS) {
            throw new InvalidSpec(
                    ports.size()
                            + " published ports are more than the "
                            + MOST_PORTS
                            + " possible");
        }
        return ports;
    }

    private static PortMapping anyHostPort(String exposed) {
        Matcher matcher = EXPOSED.matcher(exposed);
        if (!matcher.matches()) {
            throw new InvalidSpec(
                    "the image exposes '" + exposed + "', which is no tcp or udp port");
        }
        String protocol = matcher.group(2);
        return new PortMapping(
                protocol == null ? "tcp" : protocol,
                "0.0.0.0",
                0,
                Integer.parseInt(matcher.group(1)));
    }
}
