// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Interrupted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps guests from what listens on the host's loopback addresses only. QEMU's user network leads
 * its gateway's address there, and QEMU 7.2 has no option against it (libslirp's {@code
 * disable_host_loopback} is not reachable), so the host's packet filter refuses new connections to
 * 127.0.0.0/8 and ::1 from the users that machines run as. Name service stays open: a resolver may
 * listen there. Published ports work: their connections come from outside.
 */
final class LoopbackGuard {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackGuard.class);
    private static final List<Path> PROGRAMS =
            List.of(Path.of("/usr/sbin/nft"), Path.of("/sbin/nft"));
    private static final int LIMIT_SECONDS = 10;
    private static final int MAX_MESSAGE = 1 << 12;

    private final String rules;
    private volatile Optional<String> problem = Optional.empty();

    /**
     * @param firstUser lowest user id of machines
     * @param count how many there are
     */
    LoopbackGuard(int firstUser, int count) {
        var users = firstUser + "-" + (firstUser + count - 1);
        var table = "inet hyper_machines_" + firstUser;
        // One transaction: the table is there, whole, or as it was. Daemons with the same users
        // share it.
        rules =
                """
                add table %1$s
                delete table %1$s
                table %1$s {
                  chain output {
                    type filter hook output priority filter; policy accept;
                    meta skuid %2$s ct state new ip daddr 127.0.0.0/8 jump local
                    meta skuid %2$s ct state new ip6 daddr ::1 jump local
                  }
                  chain local {
                    udp dport 53 accept
                    tcp dport 53 accept
                    reject
                  }
                }
                """
                        .formatted(table, users);
    }

    /** {@return why guests can reach the host's loopback addresses, empty if they cannot} */
    Optional<String> problem() {
        if (program().isEmpty()) {
            return Optional.of("guests reach the host's loopback addresses: install nftables");
        }
        return problem;
    }

    /** Puts the rules in place, also where someone has flushed them since. */
    void raise() {
        var nft = program();
        if (nft.isEmpty()) {
            return;
        }
        try {
            var message = run(nft.get());
            problem =
                    message.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    "guests reach the host's loopback addresses: nft: " + message);
        } catch (IOException e) {
            problem = Optional.of("guests reach the host's loopback addresses: " + e.getMessage());
        }
        problem.ifPresent(LOG::warn);
    }

    private static Optional<Path> program() {
        return PROGRAMS.stream().filter(Files::isExecutable).findFirst();
    }

    /** {@return what it complains of, empty if it succeeded} */
    private String run(Path nft) throws IOException {
        var process =
                new ProcessBuilder(nft.toString(), "-f", "-").redirectErrorStream(true).start();
        try {
            try (var in = process.getOutputStream()) {
                in.write(rules.getBytes(StandardCharsets.US_ASCII));
            }
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return "it did not end within " + LIMIT_SECONDS + " s";
            }
            var said =
                    new String(
                            process.getInputStream().readNBytes(MAX_MESSAGE),
                            StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? "" : said.lines().findFirst().orElse("it failed");
        } catch (InterruptedException e) {
            throw new Interrupted("set up the packet filter", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
