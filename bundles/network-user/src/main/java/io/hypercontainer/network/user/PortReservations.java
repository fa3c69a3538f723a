// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.network.user;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.network.PortMapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which pod holds which host ports. Between the reservation and the moment at which its hypervisor
 * listens, only this table keeps two pods from getting the same port.
 */
final class PortReservations {
    private static final int ATTEMPTS = 64;

    private final Map<String, List<HostPort>> held = new HashMap<>();

    /**
     * Makes the given ports the ones that a pod holds.
     *
     * @return the mappings, each port 0 replaced by a free port
     * @throws Conflict if a port is taken; the pod then holds what it held before
     */
    synchronized List<PortMapping> reserve(String pod, List<PortMapping> wanted) {
        List<HostPort> before = held.getOrDefault(pod, List.of());
        List<HostPort> ports = new ArrayList<>();
        List<PortMapping> mappings = new ArrayList<>();
        for (PortMapping mapping : wanted) {
            HostPort port = reserve(pod, HostPort.of(mapping), before, ports);
            ports.add(port);
            mappings.add(
                    new PortMapping(
                            mapping.protocol(),
                            mapping.hostAddress(),
                            port.port(),
                            mapping.containerPort()));
        }
        hold(pod, ports);
        return mappings;
    }

    private HostPort reserve(
            String pod, HostPort wanted, List<HostPort> before, List<HostPort> chosen) {
        if (wanted.port() == 0) {
            return choose(pod, wanted, chosen);
        }
        String holder = holder(pod, wanted, chosen);
        if (!holder.isEmpty()) {
            throw new Conflict(
                    "host port " + wanted + " is taken by " + holder + ": choose another port");
        }
        // What the pod holds already, its own hypervisor listens on.
        return before.contains(wanted) ? wanted : wanted.probe();
    }

    private HostPort choose(String pod, HostPort wanted, List<HostPort> chosen) {
        for (int i = 0; i < ATTEMPTS; i++) {
            HostPort free = wanted.probe();
            if (holder(pod, free, chosen).isEmpty()) {
                return free;
            }
        }
        throw new Unavailable("no free host port for " + wanted + ": publish fewer ports");
    }

    private String holder(String pod, HostPort port, List<HostPort> chosen) {
        if (chosen.stream().anyMatch(port::overlaps)) {
            return "the same container";
        }
        return held.entrySet().stream()
                .filter(e -> !e.getKey().equals(pod))
                .filter(e -> e.getValue().stream().anyMatch(port::overlaps))
                .map(e -> "container " + shortId(e.getKey()))
                .findFirst()
                .orElse("");
    }

    /** Notes what a pod's hypervisor listens on already. */
    synchronized void adopt(String pod, List<PortMapping> mappings) {
        hold(pod, mappings.stream().map(HostPort::of).toList());
    }

    synchronized void release(String pod) {
        held.remove(pod);
    }

    private void hold(String pod, List<HostPort> ports) {
        if (ports.isEmpty()) {
            held.remove(pod);
        } else {
            held.put(pod, List.copyOf(ports));
        }
    }

    private static String shortId(String pod) {
        return pod.length() > 12 ? pod.substring(0, 12) : pod;
    }
}
