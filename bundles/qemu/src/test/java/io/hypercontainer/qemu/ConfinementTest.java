// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a guest that has taken QEMU over could do on the host. */
class ConfinementTest extends LiveTest {
    private static final int NET_BIND_SERVICE = 1 << 10;

    @Test
    void qemuHasNoRightsOfTheDaemon() throws Exception {
        var machine = launch(plain("one"));

        assertThat(status(machine, "Seccomp")).isEqualTo("2");
        assertThat(status(machine, "NoNewPrivs")).isEqualTo("1");
        if (Host.isRoot()) {
            var uid = Integer.toString(Configuration.tcg().uid_base());
            assertThat(status(machine, "Uid").split(" ")).containsOnly(uid);
            assertThat(status(machine, "Gid").split(" ")).containsOnly(uid);
            assertThat(status(machine, "Groups")).isEmpty();
            for (var set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                assertThat(Long.parseLong(status(machine, set), 16))
                        .as(set)
                        .isEqualTo(NET_BIND_SERVICE);
            }
        }
        var session = stat(pid(machine))[3];
        assertThat(session).isEqualTo(Long.toString(pid(machine)));
    }

    @Test
    void qemuInheritsNoDescriptorOfTheDaemon() throws Exception {
        var secret = root.resolve("secret");
        Files.writeString(secret, "of the daemon");
        try (var in = Files.newInputStream(secret)) {
            var machine = launch(plain("one"));
            try (var fds = Files.list(Path.of("/proc/" + pid(machine) + "/fd"))) {
                assertThat(fds.map(ConfinementTest::target))
                        .noneMatch(t -> t.contains("secret"))
                        .noneMatch(t -> t.endsWith(".jar"));
            }
            assertThat(in.read()).isEqualTo('o');
        }
    }

    @Test
    void machinesAreKeptFromEachOther() throws Exception {
        var data = root.resolve("data");
        Files.write(data, new byte[4096]);
        var disk = new Disk("data", List.of(new Extent(data, 0, 4096)), false);
        var first = launch(spec("one", List.of(disk), List.of(), List.of()));
        var second = launch(plain("two"));
        if (!Host.isRoot()) {
            return; // then all run as the daemon's user, as the probe says
        }

        assertThat(status(first, "Uid")).isNotEqualTo(status(second, "Uid"));
        assertThat(Files.getAttribute(data, "unix:uid"))
                .hasToString(status(first, "Uid").split(" ")[0]);
        var folder = first.record().directory();
        assertThat(Files.getAttribute(folder, "unix:uid")).isEqualTo(0);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx--x---");

        first.kill();
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(0);
        var third = launch(plain("three"));
        assertThat(status(third, "Uid").split(" "))
                .containsOnly(Integer.toString(Configuration.tcg().uid_base()));
    }

    @Test
    void lowPortsCanBePublished() throws Exception {
        var user =
                new NicBackend.UserMode(
                        "10.0.2.0/24",
                        "10.0.2.2",
                        "10.0.2.3",
                        "10.0.2.15",
                        List.of(new Forward("udp", "127.0.0.77", 997, 97)));
        var machine =
                launch(
                        spec(
                                "one",
                                List.of(),
                                List.of(new Nic("n0", "52:54:00:00:00:01", 0, user)),
                                List.of()));

        machine.setForwards("n0", List.of(new Forward("tcp", "127.0.0.77", 998, 98)));

        assertThat(Files.readString(Path.of("/proc/net/tcp"))).contains("4D00007F:03E6");
    }

    /** A line of {@code /proc/<pid>/status}, its values separated by single spaces. */
    private static String status(VirtualMachine machine, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid(machine) + "/status")).stream()
                .filter(l -> l.startsWith(name + ":"))
                .map(l -> l.substring(name.length() + 1).strip().replace('\t', ' '))
                .findFirst()
                .orElseThrow();
    }

    private static String[] stat(long pid) throws IOException {
        var text = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ");
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static long pid(VirtualMachine machine) {
        return Long.parseLong(machine.record().details().get("pid"));
    }
}
