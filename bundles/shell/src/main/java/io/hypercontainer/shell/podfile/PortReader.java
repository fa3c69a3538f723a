// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.network.PortMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a pod's {@code portmappings}, and the {@code ports} that containers had in old files. */
final class PortReader {
    private static final String EVERYWHERE = "0.0.0.0";
    private static final int MOST = 1024;

    private final List<PortMapping> all = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private boolean tooMany;

    PortReader(Section pod) {
        for (Section mapping : pod.sections("portmappings")) {
            read(mapping);
            mapping.end();
        }
        whiteLists(pod);
    }

    /** Adds the ports of a container. */
    void of(Section container) {
        for (Section port : container.sections("ports")) {
            port.word("servicePort")
                    .filter(p -> !p.equals("0"))
                    .ifPresent(p ->
                            port.problem(
                                    "servicePort", "is not supported: use the pod's services"));
            read(port);
            port.end();
        }
    }

    /** {@return all mappings, ranges spelt out} */
    List<PortMapping> all() {
        return all;
    }

    private void read(Section section) {
        boolean there = section.has("containerPort");
        Optional<PortRange> inside = section.word("containerPort", PortRange::parse);
        Optional<PortRange> outside = section.word("hostPort", PortRange::parse);
        String protocol = section.text("protocol", Addresses::protocol).orElse("tcp");
        String address = section.text("hostIP", Addresses::ip).orElse(EVERYWHERE);
        if (inside.isEmpty() || inside.get().any()) {
            if (inside.isPresent() || !there) {
                section.problem("containerPort", "is missing");
            }
            return;
        }
        PortRange host = outside.orElse(PortRange.ANY);
        if (!host.any() && host.size() != inside.get().size()) {
            section.problem(
                    "hostPort",
                    host.size()
                            + " host ports for "
                            + inside.get().size()
                            + " container ports; both ranges must be of the same size");
            return;
        }
        for (int i = 0; i < inside.get().size() && room(section); i++) {
            int port = host.any() ? 0 : host.first() + i;
            PortMapping mapping =
                    new PortMapping(protocol, address, port, inside.get().first() + i);
            if (port != 0 && !taken.add(address + ":" + port + "/" + protocol)) {
                section.problem(
                        "hostPort", "port " + port + "/" + protocol + " is published twice");
                return;
            }
            all.add(mapping);
        }
    }

    private boolean room(Section section) {
        if (all.size() < MOST) {
            return true;
        }
        if (!tooMany) {
            section.problem("containerPort", "a pod publishes " + MOST + " ports at the most");
            tooMany = true;
        }
        return false;
    }

    /** They would let some networks in only, which no network driver can do. */
    private static void whiteLists(Section pod) {
        pod.section("portmappingWhiteLists")
                .ifPresent(lists -> {
                    boolean any = false;
                    for (String list : List.of("internalNetworks", "externalNetworks")) {
                        any |= !lists.words(list, Addresses::cidr).isEmpty();
                    }
                    lists.end();
                    if (any) {
                        pod.problem(
                                "portmappingWhiteLists",
                                "is not supported: no network driver can publish ports to some"
                                        + " networks only; give a mapping a hostIP, or use the"
                                        + " host's firewall");
                    }
                });
    }
}
