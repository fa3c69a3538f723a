// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.network.PortMapping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ports in one cell: {@code 0.0.0.0:8000-8010->8000-8010/tcp, 443/tcp}. */
final class PortsText {
    private PortsText() {}

    private record Run(PortMapping first, PortMapping last) {
        boolean continues(PortMapping next) {
            return next.protocol().equals(last.protocol())
                    && next.hostAddress().equals(last.hostAddress())
                    && next.hostPort() == last.hostPort() + 1
                    && next.containerPort() == last.containerPort() + 1;
        }

        @Override
        public String toString() {
            return host(first.hostAddress())
                    + ":"
                    + range(first.hostPort(), last.hostPort())
                    + "->"
                    + range(first.containerPort(), last.containerPort())
                    + "/"
                    + first.protocol();
        }
    }

    static String of(List<PortMapping> ports, List<String> exposedPorts) {
        List<PortMapping> sorted =
                ports.stream()
                        .sorted(
                                Comparator.comparing(PortMapping::hostAddress)
                                        .thenComparing(PortMapping::protocol)
                                        .thenComparingInt(PortMapping::containerPort)
                                        .thenComparingInt(PortMapping::hostPort))
                        .toList();
        List<Run> runs = new ArrayList<>();
        for (PortMapping port : sorted) {
            if (!runs.isEmpty() && runs.getLast().continues(port)) {
                runs.add(new Run(runs.removeLast().first(), port));
            } else {
                runs.add(new Run(port, port));
            }
        }
        List<String> texts = new ArrayList<>();
        runs.forEach(run -> texts.add(run.toString()));
        exposedPorts.stream()
                .filter(exposed -> ports.stream().noneMatch(p -> is(exposed, p)))
                .forEach(texts::add);
        return String.join(", ", texts);
    }

    static String host(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private static boolean is(String exposed, PortMapping port) {
        return exposed.equals(port.containerPort() + "/" + port.protocol());
    }

    private static String range(int first, int last) {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
