// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.network.PortMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code -p [HOST-IP:][HOST-PORTS:]CONTAINER-PORTS[/PROTOCOL]}, ports being one or a range. */
public final class PortOption {
    private static final String FORM = "[HOST-IP:][HOST-PORT[-END]:]PORT[-END][/tcp|udp]";
    private static final Pattern SPEC =
            Pattern.compile(
                    "(?:(?:(?<ip>\\[[0-9a-fA-F:.]+]|[^:/]*):)?(?<host>[^:/]*):)?(?<port>[^:/]+)"
                            + "(?:/(?<protocol>[a-zA-Z]+))?");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private PortOption() {}

    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    /**
     * @param specs all values of the option
     * @return the mappings, ranges spelt out
     * @throws InvalidSpec if one is malformed, or a host port is asked for twice
     */
    public static List<PortMapping> parse(List<String> specs) {
        List<PortMapping> mappings = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (String spec : specs) {
            for (PortMapping mapping : parse(spec)) {
                String listener =
                        mapping.hostAddress() + ":" + mapping.hostPort() + "/" + mapping.protocol();
                if (mapping.hostPort() != 0 && !taken.add(listener)) {
                    throw error(spec, "host port " + listener + " is published twice");
                }
                mappings.add(mapping);
            }
        }
        return mappings;
    }

    private static List<PortMapping> parse(String spec) {
        Matcher matcher = SPEC.matcher(spec);
        if (!matcher.matches()) {
            throw error(spec, "not of the form " + FORM);
        }
        String protocol = or(matcher.group("protocol"), "tcp").toLowerCase(Locale.ROOT);
        if (!protocol.equals("tcp") && !protocol.equals("udp")) {
            throw error(spec, "protocol '" + protocol + "' is neither tcp nor udp");
        }
        String address = address(spec, or(matcher.group("ip"), ""));
        Range container = range(spec, "container port", matcher.group("port"));
        String hostText = or(matcher.group("host"), "");
        if (hostText.isEmpty()) {
            return mappings(protocol, address, new Range(0, -1), container);
        }
        Range host = range(spec, "host port", hostText);
        if (host.size() != container.size()) {
            throw error(
                    spec,
                    host.size()
                            + " host ports for "
                            + container.size()
                            + " container ports; both ranges must be of the same size");
        }
        return mappings(protocol, address, host, container);
    }

    private static List<PortMapping> mappings(
            String protocol, String address, Range host, Range container) {
        List<PortMapping> mappings = new ArrayList<>();
        for (int i = 0; i < container.size(); i++) {
            int hostPort = host.size() == 0 ? 0 : host.first() + i;
            mappings.add(new PortMapping(protocol, address, hostPort, container.first() + i));
        }
        return mappings;
    }

    private static String address(String spec, String text) {
        if (text.isEmpty()) {
            return "0.0.0.0";
        }
        if (text.startsWith("[")) {
            return text.substring(1, text.length() - 1);
        }
        if (IPV4.matcher(text).matches() && octetsFit(text)) {
            return text;
        }
        throw error(spec, "'" + text + "' is not an IP address");
    }

    private static boolean octetsFit(String address) {
        for (String octet : address.split("\\.")) {
            if (Integer.parseInt(octet) > 255) {
                return false;
            }
        }
        return true;
    }

    private static Range range(String spec, String what, String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            int port = port(spec, what, text);
            return new Range(port, port);
        }
        Range range =
                new Range(
                        port(spec, what, text.substring(0, dash)),
                        port(spec, what, text.substring(dash + 1)));
        if (range.size() < 1) {
            throw error(spec, what + " range " + text + " ends before it begins");
        }
        return range;
    }

    private static int port(String spec, String what, String text) {
        if (!text.matches("\\d{1,5}")) {
            throw error(spec, what + " '" + text + "' is not a number between 1 and 65535");
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65535) {
            throw error(spec, what + " " + text + " is not between 1 and 65535");
        }
        return port;
    }

    private static String or(@Nullable String text, String fallback) {
        return text == null ? fallback : text;
    }

    private static InvalidSpec error(String spec, String why) {
        return new InvalidSpec("cannot publish '" + spec + "': " + why);
    }
}
