// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.agent.Ulimit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Several containers in one machine, and what can be asked of them while they run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestPodTest {
    private Guest guest;

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        List<String> disks = new ArrayList<>(GuestMachine.disk(directory, "one"));
        disks.addAll(GuestMachine.disk(directory, "volume"));
        guest = Guest.start(directory, disks);
    }

    @AfterAll
    void stop() {
        guest.close();
    }

    @AfterEach
    void destroyAll() {
        for (GuestContainerState container : guest.agent().containers()) {
            guest.agent().destroyContainer(container.id());
        }
    }

    @Test
    void containersShareWhatAPodSharesAndNothingElse() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            guest.create(id);
            assertThat(guest.sleep(id).pid()).isEqualTo(1);
            guest.run(id, "echo " + id + " >/mine");
        }
        for (String namespace : List.of("ipc", "uts", "net")) {
            String link = "readlink /proc/self/ns/" + namespace;
            assertThat(guest.run("b", link)).isEqualTo(guest.run("a", link));
            assertThat(guest.run("c", link)).isEqualTo(guest.run("a", link));
        }
        for (String namespace : List.of("mnt", "pid", "cgroup")) {
            String link = "readlink /proc/self/ns/" + namespace;
            assertThat(List.of(guest.run("a", link), guest.run("b", link), guest.run("c", link)))
                    .doesNotHaveDuplicates();
        }
        guest.run("a", "echo shared >/dev/shm/word");
        assertThat(guest.run("c", "cat /dev/shm/word")).isEqualTo("shared\n");
        assertThat(guest.run("b", "cat /mine; cat /proc/sys/kernel/hostname"))
                .isEqualTo("b\npod\n");
    }

    @Test
    void oneContainerIsMadeAgainWithItsDisksWhileOthersRun() throws Exception {
        GuestMount volume = new GuestMount.Volume("volume", "ext4", "/data", false, false);
        guest.create("other");
        GuestProcess bystander = guest.sleep("other");
        for (int round = 0; round < 3; round++) {
            guest.create("again", guest.root(Optional.of("one")), volume);
            GuestProcess init = guest.sleep("again");
            guest.run("again", "echo root >>/mine; echo volume >>/data/mine");
            assertThat(guest.run("again", "cat /mine /data/mine"))
                    .isEqualTo("root\n".repeat(round + 1) + "volume\n".repeat(round + 1));
            init.signal(9);
            assertThat(init.waitFor(Guest.LONG)).isPresent();
            guest.agent().destroyContainer("again");
            assertThat(guest.agent().process("again", "init", 0, 0)).isEmpty();
        }
        assertThat(bystander.waitFor(Duration.ZERO)).isEmpty();
        assertThat(guest.agent().containers())
                .containsExactly(new GuestContainerState("other", List.of("init")));
    }

    @Test
    void setsSysctlsGroupsAndUlimits() throws Exception {
        guest.agent()
                .createContainer(
                        new GuestContainer(
                                "s",
                                guest.root(),
                                false,
                                List.of(),
                                GuestContainer.Limits.NONE,
                                Map.of("net.ipv4.ip_default_ttl", "99", "kernel.shmmni", "1234")));
        guest.sleep("s");
        assertThat(guest.run("s", "cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/shmmni"))
                .isEqualTo("99\n1234\n");
        assertThat(
                        guest.run(
                                "s",
                                Guest.spec(
                                        "ids",
                                        "web",
                                        List.of("77", "logs"),
                                        List.of(
                                                new Ulimit("nofile", 100, 200),
                                                new Ulimit("core", -1, -1),
                                                new Ulimit("fsize", 0, -1)),
                                        "sh",
                                        "-c",
                                        "id -G; ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -Hf")))
                .isEqualTo("34 35 77\n100\n200\nunlimited\nunlimited\n");
        assertThatThrownBy(() ->
                        guest.agent()
                                .start(
                                        "s",
                                        Guest.spec(
                                                "bad",
                                                "",
                                                List.of(),
                                                List.of(new Ulimit("stack", 2, 1)),
                                                "true")))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("stack");
    }

    @Test
    void refusesSysctlsThatDoNotExist() {
        guest.agent()
                .createContainer(
                        new GuestContainer(
                                "s",
                                guest.root(),
                                false,
                                List.of(),
                                GuestContainer.Limits.NONE,
                                Map.of("net.nosuch", "1")));
        assertThatThrownBy(() -> guest.sleep("s"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("net.nosuch");
    }

    @Test
    void changesLimitsOfARunningContainer() throws Exception {
        guest.create("l");
        guest.sleep("l");
        String limits = "cd /sys/fs/cgroup; cat memory.max cpu.max pids.max";
        assertThat(guest.run("l", limits)).isEqualTo("max\nmax 100000\nmax\n");
        guest.agent().setLimits("l", new GuestContainer.Limits(64 << 20, 1500, 50));
        assertThat(guest.run("l", limits)).isEqualTo((64 << 20) + "\n150000 100000\n50\n");
        assertThat(guest.agent().stats("l").memoryLimitBytes()).isEqualTo(64 << 20);
        guest.agent().setLimits("l", GuestContainer.Limits.NONE);
        assertThat(guest.run("l", limits)).isEqualTo("max\nmax 100000\nmax\n");
        assertThatThrownBy(() -> guest.agent().setLimits("no", GuestContainer.Limits.NONE))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void listsProcesses() throws Exception {
        guest.create("p");
        assertThat(guest.agent().processes("p")).isEmpty();
        Instant before = Instant.now();
        guest.sleep("p");
        GuestProcess shell =
                guest.agent()
                        .start(
                                "p",
                                new ProcessSpec(
                                        "shell",
                                        List.of("sh", "-c", "sleep 5000 & echo up; wait"),
                                        List.of("PATH=/bin"),
                                        "/",
                                        "web",
                                        Optional.of(new TerminalSize(24, 80)),
                                        true,
                                        false,
                                        List.of(),
                                        List.of()));
        assertThat(new String(shell.stdout().readNBytes(2), StandardCharsets.UTF_8))
                .isEqualTo("up");
        List<ProcessInfo> processes = guest.agent().processes("p");
        assertThat(processes)
                .extracting(ProcessInfo::pid, ProcessInfo::parent, ProcessInfo::command)
                .startsWith(
                        tuple(1, 0, "sleep 100000"),
                        tuple(shell.pid(), 0, "sh -c sleep 5000 & echo up; wait"));
        ProcessInfo child = processes.get(2);
        assertThat(child.parent()).isEqualTo(shell.pid());
        assertThat(child.user()).isEqualTo("web");
        assertThat(child.terminal()).isEqualTo("pts/0");
        assertThat(processes.getFirst().user()).isEqualTo("root");
        assertThat(processes.getFirst().terminal()).isEqualTo("?");
        // The guest's clock was set from the host's; it ticks by itself since.
        assertThat(processes)
                .allSatisfy(p ->
                        assertThat(p.started())
                                .isBetween(before.minusSeconds(600), before.plusSeconds(600)));
    }

    @Test
    void countsProcessorTimeAndIsNotMisledByNames() throws Exception {
        guest.create("p");
        guest.agent()
                .start(
                        "p",
                        Guest.spec(
                                "init",
                                "sh",
                                "-c",
                                "printf '#!/bin/sh\nwhile :; do :; done\n' >'/a) S 9 9 9';"
                                        + " chmod 755 '/a) S 9 9 9'; exec '/a) S 9 9 9'"));
        ProcessInfo process = guest.agent().processes("p").getFirst();
        while (process.cpuTime().isZero() || !process.command().equals("/bin/sh /a) S 9 9 9")) {
            process = guest.agent().processes("p").getFirst();
        }
        assertThat(process.parent()).isZero();
        assertThat(process.terminal()).isEqualTo("?");
    }

    @Test
    void runningContainersFollowTheNamesOfThePod() throws Exception {
        GuestMount own = new GuestMount.Tmpfs(1 << 20, 0755, "/etc", TmpfsOptions.DEFAULT);
        guest.create("h");
        guest.create("own", own);
        guest.sleep("h");
        guest.agent()
                .setUp(
                        new GuestSetup(
                                "renamed",
                                List.of("192.0.2.99"),
                                List.of(),
                                List.of(),
                                Map.of("192.0.2.7", List.of("late")),
                                Instant.now(),
                                new byte[64]));
        assertThat(guest.run("h", "cat /etc/hosts")).contains("192.0.2.7\tlate\n");
        assertThat(guest.run("h", "cat /etc/resolv.conf /etc/hostname"))
                .isEqualTo("nameserver 192.0.2.99\nrenamed\n");
        // What is shorter leaves nothing of the longer behind.
        guest.agent().setUp(Guest.setup("pod", Map.of()));
        assertThat(guest.run("h", "cat /etc/resolv.conf /etc/hostname; cat /etc/hosts"))
                .startsWith("pod\n127.0.0.1\tlocalhost\n")
                .doesNotContain("late");
    }

    @Test
    void setsTheClockAndTakesEntropyAfterAHalt() throws Exception {
        guest.create("t");
        guest.sleep("t");
        Instant later = Instant.parse("2035-06-07T08:09:10Z");
        guest.agent().refresh(later, new byte[512]);
        long now = Long.parseLong(guest.run("t", "date +%s").strip());
        assertThat(now).isBetween(later.getEpochSecond(), later.getEpochSecond() + 3600);
        assertThatThrownBy(() -> guest.agent().refresh(later, new byte[513]))
                .isInstanceOf(InvalidSpec.class);
        guest.agent().refresh(Instant.now(), new byte[32]);
    }
}
