// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;
import java.util.Comparator;

/** A published port as a row of {@code ports ls}. */
public final class PortRow {
    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Protocol}}\\t{{.Host}}\\t{{.ContainerPort}}",
                    new Fields()
                            .put("Protocol", "PROTOCOL")
                            .put("Host", "HOST PORT")
                            .put("HostIP", "HOST IP")
                            .put("HostPort", "PORT")
                            .put("ContainerPort", "CONTAINER PORT"));

    /** The order of the rows. */
    public static final Comparator<PortMapping> ORDER =
            Comparator.comparing(PortMapping::protocol)
                    .thenComparingInt(PortMapping::containerPort)
                    .thenComparingInt(PortMapping::hostPort);

    private PortRow() {}

    /**
     * @param port a published port
     * @return its row
     */
    public static Fields of(PortMapping port) {
        return new Fields()
                .put("Protocol", port.protocol())
                .put("Host", PortsText.host(port.hostAddress()) + ":" + port.hostPort())
                .put("HostIP", port.hostAddress())
                .put("HostPort", (long) port.hostPort())
                .put("ContainerPort", (long) port.containerPort());
    }
}
