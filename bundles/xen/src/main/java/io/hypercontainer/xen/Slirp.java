// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Forward;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The port forwarding of a slirp4netns process, which takes orders on a socket, one JSON object a
 * connection (slirp4netns(1), API socket).
 */
final class Slirp {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3})(\\.\\d{1,3}){3}");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER = 1 << 20;

    private final Path socket;

    Slirp(Path socket) {
        this.socket = socket;
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
        user.forwards().forEach(Slirp::check);
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

    /** {@return whether it takes orders: its socket is there a moment before it listens} */
    boolean isUp() {
        if (!Files.exists(socket)) {
            return false;
        }
        try {
            order("list_hostfwd", Map.of());
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
     * @param guest the guest's address
     * @throws Conflict if a host port is in use
     */
    void forward(String guest, List<Forward> wanted) {
        wanted.forEach(Slirp::check);
        var before = forwards();
        var undo = new ArrayList<Runnable>();
        try {
            for (var old : before.entrySet()) {
                if (!wanted.contains(old.getKey())) {
                    remove(old.getValue());
                    undo.add(() -> add(guest, old.getKey()));
                }
            }
            for (var forward : wanted) {
                if (!before.containsKey(forward)) {
                    add(guest, forward);
                    undo.add(() -> remove(forwards().getOrDefault(forward, 0)));
                }
            }
        } catch (Conflict | DriverFailure e) {
            undo.reversed().forEach(Runnable::run);
            throw e;
        }
    }

    /** {@return the forwarded ports with their numbers} */
    private Map<Forward, Integer> forwards() {
        var found = new LinkedHashMap<Forward, Integer>();
        for (var entry : order("list_hostfwd", Map.of()).findPath("entries")) {
            found.put(
                    new Forward(
                            entry.path("proto").asString(""),
                            entry.path("host_addr").asString(""),
                            entry.path("host_port").asInt(0),
                            entry.path("guest_port").asInt(0)),
                    entry.path("id").asInt(0));
        }
        return found;
    }

    private void add(String guest, Forward forward) {
        try {
            order(
                    "add_hostfwd",
                    Map.of(
                            "proto", forward.protocol(),
                            "host_addr", forward.hostAddress(),
                            "host_port", forward.hostPort(),
                            "guest_addr", guest,
                            "guest_port", forward.guestPort()));
        } catch (DriverFailure e) {
            if (e.getCause() != null) {
                throw e;
            }
            throw new Conflict(
                    "cannot listen on %s:%d/%s: it is in use, or no address of this host"
                            .formatted(
                                    forward.hostAddress(), forward.hostPort(), forward.protocol()));
        }
    }

    private void remove(int number) {
        order("remove_hostfwd", Map.of("id", number));
    }

    private JsonNode order(String name, Map<String, ?> arguments) {
        try (var connection = connect()) {
            var order = JSON.writeValueAsBytes(Map.of("execute", name, "arguments", arguments));
            connection.write(ByteBuffer.wrap(order));
            connection.shutdownOutput();
            var said = Channels.newInputStream(connection).readNBytes(MAX_ANSWER);
            var answer = JSON.readTree(new String(said, StandardCharsets.UTF_8));
            if (answer.has("error")) {
                throw new DriverFailure(
                        "slirp4netns refuses "
                                + name
                                + ": "
                                + answer.path("error").path("desc").asString(""));
            }
            return answer;
        } catch (IOException e) {
            throw new DriverFailure("cannot talk to slirp4netns at " + socket + ": " + e, e);
        }
    }

    /** It serves one at a time and lets one more wait; who comes then is told to try again. */
    private SocketChannel connect() throws IOException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                channel.close();
                var busy = !(e instanceof ConnectException) && Files.exists(socket);
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
