// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Dns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what a pod says about its network, its name service and its services. */
final class NetworkReader {
    private static final long HIGHEST_PORT = 65535;
    private static final Pattern RESOLVER_OPTION = Pattern.compile("[!-~]{1,128}");

    private NetworkReader() {}

    /** The network of the only interface, if one is named. */
    static Optional<String> network(Section pod) {
        List<Section> interfaces = pod.sections("interfaces");
        Optional<String> network = Optional.empty();
        for (int i = 0; i < interfaces.size(); i++) {
            Section section = interfaces.get(i);
            Optional<String> named = named(section);
            section.word("id");
            refuse(section, "ip", "the network gives the pod its address");
            refuse(section, "gateway", "the network gives the pod its route");
            refuse(section, "mac", "the network gives the pod its hardware address");
            refuse(section, "mtu", "the network decides about the size of packets");
            refuse(section, "ifname", "the network names its devices on the host");
            section.end();
            if (i == 0) {
                network = named;
            } else {
                section.problem("", "is not supported: a pod has one interface");
            }
        }
        return network;
    }

    private static Optional<String> named(Section section) {
        Optional<String> network = section.text("network", Names::volume);
        Optional<String> bridge = section.text("bridge", Names::volume);
        if (network.isPresent() && bridge.isPresent()) {
            section.problem("bridge", "is the older word for network: give one of them");
        }
        return network.or(() -> bridge);
    }

    private static void refuse(Section section, String field, String why) {
        if (section.has(field)) {
            section.problem(field, "is not supported: " + why);
        }
        section.word(field);
    }

    static Dns dns(Section pod) {
        return new Dns(
                pod.words("dns", Addresses::ip),
                pod.words("dnsSearch", Names::domain),
                pod.words("dnsOptions", NetworkReader::resolverOption));
    }

    static String resolverOption(String option) {
        if (!RESOLVER_OPTION.matcher(option).matches()) {
            throw new InvalidSpec(
                    Problems.quoted(option) + " is no option of resolv.conf, such as ndots:2");
        }
        return option;
    }

    static List<Service> services(Section pod) {
        List<Service> services = new ArrayList<>();
        Set<String> unique = new HashSet<>();
        for (Section section : pod.sections("services")) {
            Optional<String> address = ipv4(section, "serviceIP");
            Optional<Long> port = port(section, "servicePort");
            String protocol = section.text("protocol", Addresses::protocol).orElse("tcp");
            List<Service.Backend> backends = new ArrayList<>();
            for (Section host : section.sections("hosts")) {
                Optional<String> ip = ipv4(host, "hostIP");
                Optional<Long> hostPort = port(host, "hostPort");
                host.end();
                if (ip.isPresent() && hostPort.isPresent()) {
                    backends.add(new Service.Backend(ip.get(), hostPort.get().intValue()));
                }
            }
            section.end();
            if (address.isEmpty() || port.isEmpty()) {
                continue;
            }
            if (!unique.add(address.get() + ":" + port.get() + "@" + protocol)) {
                section.problem(
                        "serviceIP",
                        "service " + address.get() + ":" + port.get() + " is there twice");
            }
            services.add(new Service(address.get(), port.get().intValue(), protocol, backends));
        }
        return services;
    }

    private static Optional<String> ipv4(Section section, String field) {
        boolean missing = !section.has(field);
        Optional<String> address = section.text(field, Addresses::ipv4);
        if (missing) {
            section.problem(field, "is missing");
        }
        return address;
    }

    private static Optional<Long> port(Section section, String field) {
        boolean missing = !section.has(field);
        Optional<Long> port = section.number(field, 1, HIGHEST_PORT);
        if (missing) {
            section.problem(field, "is missing");
        }
        return port;
    }
}
