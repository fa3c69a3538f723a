// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.PodSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Completes and checks what a pod is to be. */
public final class PodResolver {
    private static final int LONGEST_HOSTNAME = 63;
    private static final int MOST = 64;
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");
    private static final Pattern WORD = Pattern.compile("[a-zA-Z0-9._:-]{1,253}");

    private PodResolver() {}

    /**
     * @param given what the user wants, if anything
     * @param podName the pod's name
     * @return the host name
     */
    public static String hostname(Optional<String> given, String podName) {
        if (given.filter(h -> !h.isEmpty()).isPresent()) {
            return Grammar.hostname(given.get());
        }
        String name = podName.replace('_', '-');
        String cut = name.substring(0, Math.min(name.length(), LONGEST_HOSTNAME));
        return Grammar.hostname(cut.replaceFirst("[.-]+$", ""));
    }

    /**
     * @param spec what the user wants
     * @return what is published
     */
    public static List<PortMapping> ports(PodSpec spec) {
        boolean none = spec.machine().network().filter("none"::equals).isPresent();
        if (none && !spec.ports().isEmpty()) {
            throw new InvalidSpec("ports cannot be published without a network");
        }
        return PortResolver.bounded(spec.ports());
    }

    /**
     * @param dns what the user wants
     * @return the same
     * @throws InvalidSpec if it cannot be written into a resolv.conf
     */
    public static Dns dns(Dns dns) {
        check(dns.servers(), ADDRESS, "DNS server");
        check(dns.search(), WORD, "DNS search domain");
        check(dns.options(), WORD, "DNS option");
        return dns;
    }

    private static void check(List<String> values, Pattern grammar, String what) {
        if (values.size() > MOST) {
            throw new InvalidSpec(values.size() + " values are too many: " + what);
        }
        for (String value : values) {
            if (!grammar.matcher(value).matches()) {
                throw new InvalidSpec(what + " '" + value + "' is not valid");
            }
        }
    }

    /**
     * @param services what the user wants
     * @return the same
     * @throws InvalidSpec if one is not valid, or there twice
     */
    public static List<Service> services(List<Service> services) {
        Set<String> seen = new HashSet<>();
        for (Service service : services) {
            String name = service.address() + ":" + service.port() + "/" + service.protocol();
            endpoint(service.address(), service.port(), name);
            if (!service.protocol().equals("tcp") && !service.protocol().equals("udp")) {
                throw new InvalidSpec("service " + name + " is neither tcp nor udp");
            }
            if (!seen.add(name)) {
                throw new InvalidSpec("service " + name + " is there twice");
            }
            if (service.backends().size() > MOST) {
                throw new InvalidSpec("service " + name + " has more than " + MOST + " hosts");
            }
            service.backends().forEach(b -> endpoint(b.address(), b.port(), name));
        }
        if (services.size() > MOST) {
            throw new InvalidSpec("a pod can have " + MOST + " services, not " + services.size());
        }
        return services;
    }

    private static void endpoint(String address, int port, String service) {
        if (!IPV4.matcher(address).matches()) {
            throw new InvalidSpec(
                    "'" + address + "' in service " + service + " is no IPv4 address");
        }
        if (port < 1 || port > 65535) {
            throw new InvalidSpec("port " + port + " in service " + service + " is out of range");
        }
    }
}
