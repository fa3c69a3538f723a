// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong requests get one clear line, the right exit code, and leave nothing. */
class BadInputTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-p 99999:80",
                "-p abc",
                "-p 80:80/icmp",
                "--memory 1k",
                "--memory lots",
                "--memory 999g",
                "--cpus 0",
                "--cpus 999",
                "--name /bad/name",
                "--hostname -bad-",
                "-e =value",
                "-v relative:relative",
                "-v vol:/",
                "-w not/absolute",
                "--hypervisor no-such",
                "--storage no-such",
                "--network no-such",
                "--stop-signal NOPE",
                "--env-file /no/such/file",
            })
    void a_bad_value_of_run(String options) throws Exception {
        var words = ("run --rm " + options + " busybox true").split(" ");

        var result = daemon.ctl(words);

        assertThat(result.exit()).as(result.toString()).isEqualTo(125);
        assertThat(result.err()).startsWith("hyperctl: ").hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(daemon.ctl("ps", "-aq").ok()).isEmpty();
        assertThat(daemon.files("containers")).isEmpty();
        assertThat(daemon.files("vms")).isEmpty();
    }

    @Test
    void an_unknown_option_points_to_the_help() throws Exception {
        var result = daemon.ctl("run", "--no-such-option", "busybox");

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err()).contains("--no-such-option").contains("hyperctl run --help");
    }

    @Test
    void an_unknown_command_points_to_the_help() throws Exception {
        var result = daemon.ctl("rum");

        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("rum").contains("hyperctl --help");
    }

    @Test
    void a_name_is_given_once() throws Exception {
        daemon.ctl("create", "--name", "once", "busybox", "true").ok();

        var result = daemon.ctl("create", "--name", "once", "busybox", "true");

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err()).contains("once").hasLineCount(1);
        daemon.ctl("rm", "once").ok();
    }

    @Test
    void a_taken_port_is_named() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            var port = Integer.toString(socket.getLocalPort());

            var result = daemon.ctl("run", "--rm", "-p", port + ":80", "busybox", "true");

            assertThat(result.exit()).isEqualTo(125);
            assertThat(result.err()).contains(port).hasLineCount(1);
            assertThat(daemon.files("vms")).isEmpty();
        }
    }

    @Test
    void hardware_virtualization_is_given_or_refused_with_the_reason() throws Exception {
        var info = daemon.ctl("info").ok();

        var result = daemon.ctl("run", "--rm", "--require-kvm", "busybox", "true");

        if (info.contains("isolation: hardware")) {
            result.ok();
        } else {
            assertThat(result.exit()).isEqualTo(125);
            assertThat(result.err()).contains("hardware").contains("KVM").hasLineCount(1);
            assertThat(daemon.files("vms")).isEmpty();
        }
    }

    @Test
    void no_daemon_is_told_with_its_socket() throws Exception {
        var result = daemon.ctl("-H", "unix:///no/such.sock", "ps");

        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("/no/such.sock").contains("hyperd");
    }

    @Test
    void every_command_has_help() throws Exception {
        var commands =
                daemon.ctl("__complete", "--", "")
                        .ok()
                        .lines()
                        .filter(w -> !w.startsWith("-"))
                        .toList();

        assertThat(commands).contains("run", "ps", "exec", "images", "shell");
        for (var command : commands) {
            var help = daemon.ctl(command, "--help");
            assertThat(help.exit()).as(command).isZero();
            assertThat(help.out()).as(command).startsWith("Usage:").contains("hyperctl " + command);
        }
    }

    @Test
    void a_second_daemon_on_the_same_socket_is_refused() throws Exception {
        var other = java.nio.file.Files.createDirectory(daemon.directory.resolve("other"));

        var result = hyperd(other, daemon.socket);

        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains(daemon.socket.toString());
        daemon.ctl("version").ok();
    }

    @Test
    void a_second_daemon_on_the_same_folder_is_refused() throws Exception {
        var result = hyperd(daemon.root, daemon.directory.resolve("other.sock"));

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err())
                .contains("another hyperd has the folder " + daemon.root)
                .contains("process " + daemon.pid());
        daemon.ctl("version").ok();
    }

    private static Result hyperd(java.nio.file.Path root, java.nio.file.Path socket)
            throws Exception {
        var hyperd = Daemon.DISTRIBUTION.resolve("bin/hyperd").toString();
        var words =
                java.util.List.of(hyperd, "--root", root.toString(), "--socket", socket.toString());
        try (var second = daemon.program(daemon.directory, java.util.Map.of(), words)) {
            return second.await();
        }
    }
}
