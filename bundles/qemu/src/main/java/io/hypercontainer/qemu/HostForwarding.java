// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Forward;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of QEMU's user network that lead host ports to guest ports. */
final class HostForwarding {
    static final String REFUSED = "Could not set up host forwarding rule";
    private static final Pattern IPV4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");

    private HostForwarding() {}

    /** {@return the rule as {@code hostfwd} wants it: {@code tcp:127.0.0.1:80-10.0.2.15:8080}} */
    static String rule(Forward forward, String guest) {
        return "%s-%s:%d".formatted(listener(forward), ipv4(guest), port(forward.guestPort()));
    }

    /**
     * Replaces the rules of an interface; if one of the new ones is refused, all stay as before.
     */
    static void change(Qmp qmp, String nic, String guest, List<Forward> from, List<Forward> to) {
        to.forEach(f -> rule(f, guest)); // all are right before the first is touched
        var undo = new ArrayList<Runnable>();
        try {
            for (var old : from) {
                if (!to.contains(old)) {
                    remove(qmp, nic, old);
                    undo.add(() -> add(qmp, nic, guest, old));
                }
            }
            for (var wanted : to) {
                if (!from.contains(wanted)) {
                    add(qmp, nic, guest, wanted);
                    undo.add(() -> remove(qmp, nic, wanted));
                }
            }
        } catch (HyperException e) {
            undo.reversed().forEach(Runnable::run);
            throw e;
        }
    }

    /** {@return the error in the words of this API, if it is about a rule} */
    static HyperException explain(DriverFailure failure) {
        var message = String.valueOf(failure.getMessage());
        return message.contains(REFUSED) ? refused(message) : failure;
    }

    static Conflict refused(String message) {
        return new Conflict(
                message
                        + ": the host port is in use, or the host has no such address;"
                        + " choose another port");
    }

    private static void add(Qmp qmp, String nic, String guest, Forward forward) {
        var said = qmp.monitor("hostfwd_add " + nic + " " + rule(forward, guest));
        if (!said.isEmpty()) {
            throw refused(said);
        }
    }

    private static void remove(Qmp qmp, String nic, Forward forward) {
        // "… removed" or "… not found": either way it is no longer there.
        qmp.monitor("hostfwd_remove " + nic + " " + listener(forward));
    }

    private static String listener(Forward forward) {
        if (!Set.of("tcp", "udp").contains(forward.protocol())) {
            throw new InvalidSpec(
                    "cannot forward protocol " + forward.protocol() + ": use tcp or udp");
        }
        return "%s:%s:%d"
                .formatted(
                        forward.protocol(), ipv4(forward.hostAddress()), port(forward.hostPort()));
    }

    private static String ipv4(String address) {
        if (!IPV4.matcher(address).matches()) {
            throw new InvalidSpec(
                    "qemu's user network forwards IPv4 addresses only, not '" + address + "'");
        }
        return address;
    }

    private static int port(int port) {
        if (port < 1 || port > 65535) {
            throw new InvalidSpec("port " + port + " is not between 1 and 65535");
        }
        return port;
    }
}
