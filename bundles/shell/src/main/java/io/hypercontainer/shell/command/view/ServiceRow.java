// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.network.Service;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;
import java.util.stream.Collectors;

/** A service of a pod as a row of {@code service ls}. */
public final class ServiceRow {
    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Service}}\\t{{.Hosts}}",
                    new Fields().put("Service", "SERVICE").put("Hosts", "HOSTS"));

    private ServiceRow() {}

    /**
     * @param service a service
     * @return its row
     */
    public static Fields of(Service service) {
        return new Fields()
                .put("Service", address(service))
                .put(
                        "Hosts",
                        service.backends().stream()
                                .map(host -> host.address() + ":" + host.port())
                                .collect(Collectors.joining(", ")));
    }

    /**
     * @param service a service
     * @return what identifies it, {@code 10.0.0.1:80/tcp}
     */
    public static String address(Service service) {
        return service.address() + ":" + service.port() + "/" + service.protocol();
    }

    /**
     * @param a a service
     * @param b another
     * @return whether they have the same address
     */
    public static boolean same(Service a, Service b) {
        return address(a).equals(address(b));
    }
}
