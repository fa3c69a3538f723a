// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands that look into running containers and change them. */
class ChangingTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static String sh(String container, String script) throws Exception {
        return daemon.ctl("exec", container, "sh", "-c", script).ok();
    }

    private static void run(String name, String... options) throws Exception {
        var words = new java.util.ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(options));
        words.addAll(List.of("busybox", "sleep", "100000"));
        daemon.ctl(words.toArray(String[]::new)).ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void diff_tells_what_was_added_changed_and_deleted() throws Exception {
        run("changed", "-v", "/vol");
        sh(
                "changed",
                "mkdir /new; echo x >/new/file; rm /etc/group; echo more >>/etc/passwd;"
                        + " echo x >/vol/not-told");
        String[] wanted = {"A /new", "A /new/file", "C /etc", "C /etc/passwd", "D /etc/group"};
        assertThat(daemon.ctl("diff", "changed").ok().lines()).containsExactlyInAnyOrder(wanted);
        daemon.ctl("stop", "-t", "0", "changed").ok();
        assertThat(daemon.ctl("diff", "changed").ok().lines()).containsExactlyInAnyOrder(wanted);
        daemon.ctl("rm", "-v", "changed").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void top_shows_the_processes_of_the_container() throws Exception {
        run("busy", "-u", "nobody");
        daemon.ctl("exec", "-d", "busy", "sleep", "4711").ok();
        String table = daemon.ctl("top", "busy").ok();
        assertThat(table.lines().findFirst().orElseThrow())
                .matches("UID +PID +PPID +C +STIME +TTY +TIME +CMD");
        assertThat(table).containsPattern("nobody +1 +0 .* sleep 100000\n").contains("sleep 4711");
        assertThat(daemon.ctl("top", "busy", "-o", "pid,comm").ok())
                .startsWith("PID")
                .contains("1     sleep");
        daemon.ctl("rm", "-f", "busy").ok();
        assertThat(daemon.ctl("top", "busy").exit()).isEqualTo(1);
    }

    @Tag("every-hypervisor-long")
    @Test
    void rename_frees_the_old_name() throws Exception {
        run("before");
        daemon.ctl("create", "--name", "taken", "busybox", "true").ok();
        assertThat(daemon.ctl("rename", "before", "taken").err()).contains("taken");
        assertThat(daemon.ctl("rename", "before", "after").ok()).isEmpty();
        assertThat(daemon.ctl("inspect", "before").exit()).isEqualTo(1);
        assertThat(sh("after", "echo still here")).isEqualTo("still here\n");
        daemon.ctl("create", "--name", "before", "busybox", "true").ok();
        daemon.ctl("rm", "-f", "before", "after", "taken").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void pause_halts_and_unpause_goes_on() throws Exception {
        run("halted");
        assertThat(daemon.ctl("pause", "halted").ok()).isEqualTo("halted\n");
        assertThat(daemon.ctl("ps", "-a", "--format", "{{.Names}} {{.Status}}").ok())
                .contains("(Paused)");
        assertThat(daemon.ctl("exec", "halted", "true").err()).contains("paused");
        assertThat(daemon.ctl("cp", "halted:/etc/passwd", "-").err()).contains("paused");
        assertThat(daemon.ctl("unpause", "halted").ok()).isEqualTo("halted\n");
        assertThat(sh("halted", "echo on")).isEqualTo("on\n");
        assertThat(daemon.ctl("unpause", "halted").exit()).isEqualTo(1);
        daemon.ctl("rm", "-f", "halted").ok();
    }

    @Test
    void update_is_seen_in_the_guest_at_once_and_after_a_restart() throws Exception {
        run("limited", "-m", "256m", "--cpus", "2");
        String memory = "awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo";
        int before = Integer.parseInt(sh("limited", memory).strip());
        assertThat(
                        daemon.ctl(
                                        "update",
                                        "-m",
                                        "200m",
                                        "--cpus",
                                        "0.5",
                                        "--pids-limit",
                                        "77",
                                        "limited")
                                .ok())
                .isEqualTo("limited\n");
        String limits = "cd /sys/fs/cgroup; cat pids.max; cut -d' ' -f1 cpu.max";
        assertThat(sh("limited", limits)).isEqualTo("77\n50000\n");
        assertThat(before - Integer.parseInt(sh("limited", memory).strip())).isBetween(50, 60);
        assertThat(
                        daemon.ctl(
                                        "inspect",
                                        "--format",
                                        "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}"
                                                + " {{.HostConfig.PidsLimit}}",
                                        "limited")
                                .ok())
                .isEqualTo((200 << 20) + " 500000000 77\n");
        assertThat(daemon.ctl("update", "-m", "1000000g", "limited").exit()).isEqualTo(1);
        assertThat(sh("limited", limits)).isEqualTo("77\n50000\n");

        daemon.ctl("stop", "-t", "0", "limited").ok();
        daemon.ctl("update", "-m", "300m", "--cpus", "1", "--pids-limit", "-1", "limited").ok();
        daemon.ctl("start", "limited").ok();
        assertThat(sh("limited", limits)).isEqualTo("max\nmax\n");
        assertThat(Integer.parseInt(sh("limited", memory).strip()) - before).isBetween(40, 48);
        daemon.ctl("rm", "-f", "limited").ok();

        run("share", "--restart", "no");
        daemon.ctl("update", "--restart", "on-failure:3", "share").ok();
        assertThat(
                        daemon.ctl(
                                        "inspect",
                                        "--format",
                                        "{{.HostConfig.RestartPolicy.Name}}",
                                        "share")
                                .ok())
                .isEqualTo("on-failure\n");
        daemon.ctl("rm", "-f", "share").ok();
    }

    @Test
    void logs_select_and_are_bounded() throws Exception {
        daemon.ctl(
                        "run",
                        "--name",
                        "chatty",
                        "--log-opt",
                        "max-size=10k",
                        "--log-opt",
                        "max-file=3",
                        "busybox",
                        "sh",
                        "-c",
                        "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done")
                .ok();
        String id = daemon.ctl("inspect", "--format", "{{.Id}}", "chatty").ok().strip();
        try (Stream<Path> files = Files.list(daemon.root.resolve("containers").resolve(id))) {
            List<Path> logs =
                    files.filter(f -> f.getFileName().toString().contains("-json.log")).toList();
            assertThat(logs).hasSize(3);
            for (Path log : logs) {
                assertThat(Files.size(log)).isLessThan(10_000 + 200);
            }
        }
        assertThat(daemon.ctl("logs", "-n", "2", "chatty").ok())
                .isEqualTo("line 2998\nline 2999\n");
        assertThat(daemon.ctl("logs", "-t", "--tail", "1", "chatty").ok())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z line 2999\n");
        assertThat(daemon.ctl("logs", "--since", "2020-01-01T00:00:00Z", "chatty").ok())
                .endsWith("line 2999\n");
        assertThat(daemon.ctl("logs", "--until", "2020-01-01T00:00:00Z", "chatty").ok()).isEmpty();
        assertThat(daemon.ctl("logs", "--details", "-n", "1", "chatty").ok())
                .isEqualTo(" line 2999\n");
        daemon.ctl("rm", "chatty").ok();

        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--name",
                                        "mute",
                                        "--log-driver",
                                        "none",
                                        "busybox",
                                        "echo",
                                        "heard")
                                .ok())
                .isEqualTo("heard\n");
        assertThat(daemon.ctl("logs", "mute").err()).contains("log driver is 'none'");
        daemon.ctl("rm", "mute").ok();
        assertThat(daemon.ctl("run", "--log-driver", "syslog", "busybox", "true").exit())
                .isEqualTo(125);
    }

    @Tag("every-hypervisor-long")
    @Test
    void several_are_waited_for_and_measured_together() throws Exception {
        run("one");
        run("two");
        String stats =
                daemon.ctl(
                                "stats",
                                "--no-stream",
                                "--format",
                                "{{.Name}} {{.PIDs}} {{.HostMem}}",
                                "one",
                                "two")
                        .ok();
        assertThat(stats).matches("one 1 [0-9.]+MiB\ntwo 1 [0-9.]+MiB\n");
        assertThat(daemon.ctl("info").ok()).containsPattern("Machines Memory: [0-9.]+[MG]iB");
        try (var waiting = daemon.spawn("wait", "one", "two")) {
            daemon.ctl("kill", "-s", "TERM", "two").ok();
            daemon.ctl("kill", "one").ok();
            daemon.ctl("kill", "two");
            assertThat(waiting.await().ok()).matches("137\n1(37|43)\n");
        }
        daemon.ctl("rm", "one", "two").ok();
    }
}
