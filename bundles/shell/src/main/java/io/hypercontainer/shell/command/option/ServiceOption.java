// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.shell.podfile.Addresses;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ADDRESS:PORT[/udp]=HOST:PORT,HOST:PORT}. */
public final class ServiceOption {
    private static final Pattern SOCKET = Pattern.compile("([0-9.]+):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65535;

    private ServiceOption() {}

    /**
     * @param text what was written
     * @return the service
     * @throws InvalidSpec if it is malformed
     */
    public static Service parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw error(text, "give ADDRESS:PORT=HOST:PORT,..., as in 10.0.0.1:80=10.1.0.5:8080");
        }
        Service service = address(text.substring(0, equals));
        List<Service.Backend> backends = new ArrayList<>();
        for (String host : text.substring(equals + 1).split(",", -1)) {
            Matcher socket = socket(text, host);
            backends.add(new Service.Backend(socket.group(1), port(text, socket.group(2))));
        }
        return new Service(service.address(), service.port(), service.protocol(), backends);
    }

    /**
     * @param text address, port and perhaps protocol: {@code 10.0.0.1:53/udp}
     * @return a service without hosts behind it
     * @throws InvalidSpec if it is malformed
     */
    public static Service address(String text) {
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? "tcp" : Addresses.protocol(text.substring(slash + 1));
        Matcher socket = socket(text, slash < 0 ? text : text.substring(0, slash));
        return new Service(socket.group(1), port(text, socket.group(2)), protocol, List.of());
    }

    private static Matcher socket(String text, String part) {
        Matcher matcher = SOCKET.matcher(part);
        if (!matcher.matches()) {
            throw error(text, "'" + part + "' is not of the form ADDRESS:PORT");
        }
        Addresses.ipv4(matcher.group(1));
        return matcher;
    }

    private static int port(String text, String digits) {
        int port = Integer.parseInt(digits);
        if (port < 1 || port > HIGHEST_PORT) {
            throw error(text, "port " + digits + " is not between 1 and " + HIGHEST_PORT);
        }
        return port;
    }

    private static InvalidSpec error(String text, String why) {
        return new InvalidSpec("invalid service '" + text + "': " + why);
    }
}
