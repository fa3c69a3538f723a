// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DevicesTest extends LiveTest {
    private static final int MIB = 1 << 20;

    @Test
    void aJoinedDiskIsTheConcatenationOfItsExtents() throws Exception {
        // Names that would break a descriptor or an option list, an offset, an odd length.
        var first = file("with, comma \"quote\"\nnewline.img", 3 * MIB + 512, 1);
        var second = file("plain.img", 2 * MIB, 2);
        var third = file("last=.img", 512, 3);
        var extents =
                List.of(
                        new Extent(first, 512, 3 * MIB),
                        new Extent(second, 0, MIB + 512),
                        new Extent(third, 0, 512));
        var disk = new Disk("layers", extents, true);
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(first), 512, 3 * MIB);
        digest.update(Files.readAllBytes(second), 0, MIB + 512);
        digest.update(Files.readAllBytes(third));
        var machine = launch(spec("one", List.of(disk), List.of(), List.of()));

        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("sha256sum < $(disk layers)"))
                    .startsWith(HexFormat.of().formatHex(digest.digest()));
            assertThat(shell.run("blockdev --getsize64 $(disk layers)"))
                    .isEqualTo(disk.length() + "|");
            assertThat(shell.run("cat /sys/block/$(basename $(disk layers))/ro")).isEqualTo("1|");
        }
    }

    @Test
    void aWritableDiskIsThePartOfTheFileThatWasGiven() throws Exception {
        var file = file("data,1.img", 4 * MIB, 1);
        var before = Files.readAllBytes(file);
        var disk = new Disk("data", List.of(new Extent(file, MIB, 2 * MIB)), false);
        var machine = launch(spec("one", List.of(disk), List.of(), List.of()));
        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("blockdev --getsize64 $(disk data)")).isEqualTo(2 * MIB + "|");
            assertThat(shell.run("echo written > $(disk data); sync; echo $?")).isEqualTo("0|");
        }
        machine.kill();

        var after = Files.readAllBytes(file);
        assertThat(new String(after, MIB, 8, StandardCharsets.US_ASCII)).isEqualTo("written\n");
        assertThat(after).hasSize(4 * MIB);
        assertThat(after).startsWith(java.util.Arrays.copyOf(before, MIB));
        assertThat(Files.getAttribute(file, "unix:uid"))
                .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    @Test
    void disksComeAndGo() throws Exception {
        var cold = new Disk("cold", List.of(new Extent(file("a", MIB, 1), 0, MIB)), true);
        var hot = new Disk("hot-1", List.of(new Extent(file("b", MIB, 2), 0, MIB)), false);
        var joined =
                new Disk(
                        "hot-2",
                        List.of(
                                new Extent(file("c", MIB, 3), 0, MIB),
                                new Extent(file("d", MIB, 4), 0, MIB)),
                        true);
        var machine = launch(spec("one", List.of(cold), List.of(), List.of()));
        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("disk cold")).isEqualTo("/dev/vda|");
            machine.addDisk(hot);
            machine.addDisk(joined);
            assertThat(shell.run("await disk hot-1; disk hot-1")).startsWith("/dev/vd");
            assertThat(shell.run("await disk hot-2; sha256sum < $(disk hot-2)"))
                    .startsWith(sha256("c", "d"));
            assertThatThrownBy(() -> machine.addDisk(hot)).isInstanceOf(Conflict.class);

            machine.removeDisk("hot-1");
            machine.removeDisk("cold");

            assertThat(shell.run("for s in /sys/block/*/serial; do cat $s; echo; done"))
                    .isEqualTo("hot-2|");
            assertThatThrownBy(() -> machine.removeDisk("cold")).isInstanceOf(NotFound.class);
            machine.addDisk(cold);
            assertThat(shell.run("await disk cold; sha256sum < $(disk cold)"))
                    .startsWith(sha256("a"));
        }
    }

    @Test
    void whatCannotBeADiskIsRefusedAndLeavesNothing() throws Exception {
        var machine = launch(plain("one"));
        var record = machine.record();
        assertThatThrownBy(() ->
                        machine.addDisk(
                                new Disk(
                                        "x",
                                        List.of(new Extent(root.resolve("no"), 0, 512)),
                                        true)))
                .isInstanceOf(InvalidSpec.class);
        var two = new Extent(file("a", MIB, 1), 0, MIB);
        assertThatThrownBy(() -> machine.addDisk(new Disk("x", List.of(two, two), false)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("read-only");
        assertThatThrownBy(() ->
                        machine.addDisk(new Disk("x", List.of(new Extent(root, 0, 512)), true)))
                .hasMessageContaining("x");

        assertThat(machine.record()).isEqualTo(record);
    }

    @Test
    void portsRunOutWithAClearError() throws Exception {
        var machine = launch(plain("one"));
        var file = file("a", MIB, 1);
        for (var i = 0; i < 8; i++) {
            machine.addDisk(new Disk("d" + i, List.of(new Extent(file, 0, MIB)), true));
        }

        assertThatThrownBy(() ->
                        machine.addDisk(new Disk("d8", List.of(new Extent(file, 0, MIB)), true)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("hotplug.ports");
    }

    @Test
    void aMachineMayHaveManyDisks() throws Exception {
        var file = file("a", MIB, 1);
        var disks =
                IntStream.range(0, 24)
                        .mapToObj(i -> new Disk("d" + i, List.of(new Extent(file, 0, MIB)), true))
                        .toList();
        var machine = launch(spec("one", disks, List.of(), List.of()));
        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("ls /sys/block | grep -c vd")).isEqualTo("24|");
            assertThat(
                            shell.run(
                                    "cat /sys/block/vda/serial; echo; cat /sys/block/vdx/serial; echo"))
                    .isEqualTo("d0|d23|");
            machine.addDisk(new Disk("hot", List.of(new Extent(file, 0, MIB)), true));
            assertThat(shell.run("await disk hot; disk hot")).isEqualTo("/dev/vdy|");
        }
    }

    @Test
    void aForwardedPortLeadsIntoTheGuest() throws Exception {
        int port = freePort();
        var machine =
                launch(spec("one", List.of(), List.of(nic("n0", 2, forward(port))), List.of()));
        try (var shell = GuestShell.of(machine)) {
            configure(shell, "52:54:00:00:00:02", 2);
            serve(shell, "reached");

            assertThat(say(port)).isEqualTo("reached");

            int other = freePort();
            machine.setForwards("n0", List.of(forward(other)));
            assertThat(say(other)).isEqualTo("reached");
            try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                var taken = forward(free.getLocalPort());
                assertThatThrownBy(() -> machine.setForwards("n0", List.of(taken)))
                        .isInstanceOf(Conflict.class)
                        .hasMessageContaining("in use");
            }
            assertThat(say(other)).isEqualTo("reached");
            assertThatThrownBy(() -> machine.setForwards("n1", List.of()))
                    .isInstanceOf(NotFound.class);
        }
    }

    @Test
    void aTakenPortIsAConflictAndLeavesNothing() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var nic = nic("n0", 2, forward(taken.getLocalPort()));
            var spec = spec("one", List.of(), List.of(nic), List.of());

            assertThatThrownBy(() -> driver.launch(spec))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("in use");
            assertThat(root.resolve("qemu/machines")).isEmptyDirectory();
            var machine = launch(plain("two"));
            assertThatThrownBy(() -> machine.addNic(nic)).isInstanceOf(Conflict.class);
            machine.addNic(nic("n0", 2, forward(freePort())));
        }
    }

    @Test
    void interfacesComeAndGo() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            int port = freePort();
            shell.run("true");
            machine.addNic(nic("n1", 3, forward(port)));
            shell.run("await ls /sys/class/net/eth0");
            configure(shell, "52:54:00:00:00:03", 3);
            serve(shell, "hot");
            assertThat(say(port)).isEqualTo("hot");

            machine.removeNic("n1");

            assertThat(shell.run("ls /sys/class/net")).isEqualTo("lo|");
            try (var again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    private static void configure(GuestShell shell, String mac, int network) throws IOException {
        assertThat(shell.run("cat /sys/class/net/eth0/address")).isEqualTo(mac + "|");
        assertThat(
                        shell.run(
                                "ip addr add 10.0.%d.15/24 dev eth0; ip link set eth0 up"
                                        .formatted(network)))
                .isEmpty();
    }

    private static void serve(GuestShell shell, String answer) throws IOException {
        shell.run("nc -ll -p 80 -e echo " + answer + " >/dev/null 2>&1 &");
        shell.run("listening() { netstat -ltn | grep :80; }; await listening");
    }

    private static Nic nic(String id, int network, Forward... forwards) {
        var net = "10.0." + network + ".";
        return new Nic(
                id,
                "52:54:00:00:00:0" + network,
                1400,
                new NicBackend.UserMode(
                        net + "0/24", net + "2", net + "3", net + "15", List.of(forwards)));
    }

    private static Forward forward(int port) {
        return new Forward("tcp", "127.0.0.1", port, 80);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The user network accepts at once; the guest's own answer is what counts. */
    private static String say(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8))) {
            return in.readLine();
        }
    }

    private Path file(String name, int length, int seed) throws IOException {
        var content = new byte[length];
        new Random(seed).nextBytes(content);
        var file = root.resolve(name);
        Files.write(file, content);
        return file;
    }

    private String sha256(String... names) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (var name : names) {
            digest.update(Files.readAllBytes(root.resolve(name)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
