// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A network in a process of slirp4netns: the guest's interface leads to its socket, packets leave
 * as those of its own sockets. It takes orders on another socket, one JSON object a connection.
 */
final class UserNetwork {
    private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3})(\\.\\d{1,3}){3}");
    private static final Pattern ENTRY = Pattern.compile("\\{[^{}]*\"host_port\"[^{}]*}");
    private static final Pattern FIELD =
            Pattern.compile("\"(\\w+)\"\\s*:\\s*(?:\"([^\"]*)\"|(\\d+))");
    private static final Pattern ERROR =
            Pattern.compile("\"error\"\\s*:\\s*\\{\\s*\"desc\"\\s*:\\s*\"([^\"]*)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER = 1 << 20;

    private final Path control;
    private final String guest;

    /**
     * @param control the socket that takes orders; it is there when the guest has the interface up
     * @param guest the guest's address
     */
    UserNetwork(Path control, String guest) {
        this.control = control;
        this.guest = guest;
    }

    /** slirp4netns has its addresses at fixed places of the network. */
    static void check(String nic, NicBackend.UserMode user) {
        var base = user.subnet().replaceFirst("\\.0/24$", ".");
        if (base.equals(user.subnet())
                || !user.gateway().equals(base + 2)
                || !user.nameserver().equals(base + 3)) {
            throw new InvalidSpec(
                    "interface %s: in x.y.z.0/24 (not %s) .2 is gateway (not %s), .3 DNS (not %s)"
                            .formatted(nic, user.subnet(), user.gateway(), user.nameserver()));
        }
        address(user.guest());
        user.forwards().forEach(UserNetwork::check);
    }

    private static void check(Forward forward) {
        if (!Set.of("tcp", "udp").contains(forward.protocol())) {
            throw new InvalidSpec(
                    "cannot forward protocol " + forward.protocol() + ": use tcp or udp");
        }
        address(forward.hostAddress());
        for (var port : List.of(forward.hostPort(), forward.guestPort())) {
            if (port < 1 || port > 65535) {
                throw new InvalidSpec("port " + port + " is not between 1 and 65535");
            }
        }
    }

    private static void address(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            throw new InvalidSpec("slirp4netns forwards IPv4 addresses only, not '" + text + "'");
        }
    }

    static List<String> command(Path program, Nic nic, int index) {
        var user = (NicBackend.UserMode) nic.backend();
        return List.of(
                program.toString(),
                "--target-type=bess",
                // Without it the gateway's address leads to services on the host's 127.0.0.1.
                "--disable-host-loopback",
                "--enable-seccomp",
                "--cidr=" + user.subnet(),
                "--mtu=" + (nic.mtu() > 0 ? nic.mtu() : 1500),
                "--api-socket=" + MachineFolder.networkControlName(index),
                MachineFolder.network(index));
    }

    /** {@return whether it takes orders: its socket is there a moment before it listens} */
    boolean isUp() {
        if (!Files.exists(control)) {
            return false;
        }
        try {
            order("list_hostfwd", "");
            return true;
        } catch (DriverFailure e) {
            if (e.getCause() instanceof ConnectException) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Makes these the forwarded ports. If one cannot be, all are as before.
     *
     * @throws Conflict if a host port is in use
     */
    void forward(List<Forward> wanted) {
        wanted.forEach(UserNetwork::check);
        var before = forwards();
        var undo = new ArrayList<Runnable>();
        try {
            for (var old : before.entrySet()) {
                if (!wanted.contains(old.getKey())) {
                    remove(old.getValue());
                    undo.add(() -> add(old.getKey()));
                }
            }
            for (var forward : wanted) {
                if (!before.containsKey(forward)) {
                    add(forward);
                    undo.add(() -> remove(forwards().getOrDefault(forward, "0")));
                }
            }
        } catch (Conflict | DriverFailure e) {
            undo.reversed().forEach(Runnable::run);
            throw e;
        }
    }

    /** {@return the forwarded ports with their numbers} */
    private Map<Forward, String> forwards() {
        var found = new LinkedHashMap<Forward, String>();
        var entries = ENTRY.matcher(order("list_hostfwd", ""));
        while (entries.find()) {
            var fields = new LinkedHashMap<String, String>();
            var field = FIELD.matcher(entries.group());
            while (field.find()) {
                fields.put(
                        field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
            }
            found.put(
                    new Forward(
                            fields.getOrDefault("proto", ""),
                            fields.getOrDefault("host_addr", ""),
                            Integer.parseInt(fields.getOrDefault("host_port", "0")),
                            Integer.parseInt(fields.getOrDefault("guest_port", "0"))),
                    fields.getOrDefault("id", "0"));
        }
        return found;
    }

    private void add(Forward f) {
        try {
            var host =
                    "\"proto\":\"%s\",\"host_addr\":\"%s\",\"host_port\":%d"
                            .formatted(f.protocol(), f.hostAddress(), f.hostPort());
            var inside = "\"guest_addr\":\"%s\",\"guest_port\":%d".formatted(guest, f.guestPort());
            order("add_hostfwd", host + "," + inside);
        } catch (DriverFailure e) {
            throw new Conflict(
                    "cannot listen on %s:%d/%s: it is in use, or no address of this host"
                            .formatted(f.hostAddress(), f.hostPort(), f.protocol()));
        }
    }

    private void remove(String number) {
        order("remove_hostfwd", "\"id\":" + number);
    }

    private String order(String name, String arguments) {
        try (var socket = connect()) {
            var text = "{\"execute\":\"%s\",\"arguments\":{%s}}".formatted(name, arguments);
            socket.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            socket.shutdownOutput();
            var answer =
                    new String(
                            Channels.newInputStream(socket).readNBytes(MAX_ANSWER),
                            StandardCharsets.UTF_8);
            var error = ERROR.matcher(answer);
            if (error.find()) {
                throw new DriverFailure("slirp4netns refuses " + name + ": " + error.group(1));
            }
            return answer;
        } catch (IOException e) {
            throw new DriverFailure("cannot talk to slirp4netns: " + e.getMessage(), e);
        }
    }

    /**
     * slirp4netns serves one at a time and lets one more wait; who comes then is told to try again,
     * if it is a virtual thread.
     */
    private SocketChannel connect() throws IOException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(UnixDomainSocketAddress.of(control));
                return socket;
            } catch (IOException e) {
                socket.close();
                var busy = !(e instanceof ConnectException) && Files.exists(control);
                if (!busy || System.nanoTime() > end) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new Interrupted("wait for slirp4netns", e);
        }
    }
}
