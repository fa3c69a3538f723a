// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is leaked, and what is wrong is told and cleaned up. */
class DoctorTest {
    private static final String ROW = "{{.State}} {{.Kind}} {{.Subject}}";

    private Daemon daemon;

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void a_machine_of_a_damaged_record_is_told_and_ended_only_on_demand() throws Exception {
        daemon = Daemon.start();
        var folder = Files.createDirectory(daemon.directory.resolve("shared"));
        Files.writeString(folder.resolve("precious"), "data");
        daemon.ctl("run", "-d", "--name", "fine", "busybox", "sleep", "1000").ok();
        var share = folder + ":/shared:ro";
        var id =
                daemon.ctl("run", "-d", "-v", share, "-v", "vol:/vol", "busybox", "sleep", "1000")
                        .ok()
                        .strip();
        assertThat(daemon.ctl("doctor").ok()).startsWith("Nothing is wrong");
        assertThat(daemon.ctl("info").ok()).contains("Problems: none");
        daemon.crash();
        Files.writeString(daemon.root.resolve("containers/" + id + "/container.json"), "{");
        var left = Files.createDirectories(daemon.root.resolve("vms/0123456789ab"));
        daemon.launch();
        Files.writeString(daemon.root.resolve("images/tmp/left"), "half a layer");

        assertThat(daemon.ctl("ps", "--format", "{{.Names}}").ok()).isEqualTo("fine\n");
        var found = daemon.ctl("doctor", "--format", ROW);
        assertThat(found.exit()).isEqualTo(1);
        var qemu = pid(found.out(), "qemu");
        var server = pid(found.out(), "virtiofsd");
        assertThat(found.out())
                .contains("garbage file " + daemon.root + "/vms/" + id.substring(0, 12))
                .contains("garbage file " + left)
                .contains("garbage file " + daemon.root + "/images/tmp/left")
                .contains("wrong record " + daemon.root + "/containers/" + id);
        assertThat(alive(qemu)).isTrue();
        assertThat(daemon.ctl("info").ok()).contains("see 'hyperctl doctor'");

        var collected = daemon.ctl("doctor", "--gc", "--format", ROW);

        assertThat(collected.exit()).isEqualTo(1);
        assertThat(collected.out())
                .contains("removed process " + qemu)
                .contains("removed file " + daemon.root + "/images/tmp/left")
                .contains("wrong record ")
                .doesNotContain("garbage");
        assertThat(alive(qemu)).isFalse();
        assertThat(alive(server)).isFalse();
        assertThat(folder.resolve("precious")).hasContent("data");
        assertThat(daemon.ctl("exec", "fine", "cat", "/proc/1/comm").ok()).isEqualTo("sleep\n");
        assertThat(daemon.files("overlay/roots")).contains(id);

        // Its owner gives it up: now its disk is garbage too, but not its volume.
        Daemon.delete(daemon.root.resolve("containers/" + id));
        assertThat(daemon.ctl("doctor", "--gc", "--format", ROW).ok())
                .isEqualTo("removed file " + daemon.root + "/overlay/roots/" + id + "\n");
        assertThat(daemon.ctl("volume", "ls", "-q").ok()).isEqualTo("vol\n");
        assertThat(daemon.ctl("doctor").exit()).isZero();
        daemon.ctl("rm", "-f", "fine").ok();
        assertThat(daemon.ctl("doctor").exit()).isZero();
        assertThat(daemon.files("vms")).isEmpty();
        daemon.ctl("volume", "rm", "vol").ok();
    }

    private static long pid(String rows, String program) {
        var row =
                rows.lines()
                        .filter(l -> l.startsWith("garbage process ") && l.contains(program))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + program + " in " + rows));
        return Long.parseLong(row.split(" ")[2]);
    }

    /** Whoever has taken over the processes of a daemon that crashed may not have noticed yet. */
    private static boolean alive(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void a_reboot_brings_back_what_its_policy_says_and_leaves_nothing_of_the_rest()
            throws Exception {
        daemon = Daemon.start();
        var run = new String[] {"run", "-d", "-p", "18099:80", "busybox", "sleep", "1000"};
        var first = daemon.ctl(run).ok().strip();
        var folder = Files.createDirectory(daemon.directory.resolve("shared"));
        Files.writeString(folder.resolve("name"), "shared");
        var service = List.of("run", "-d", "--name", "service", "--restart", "unless-stopped");
        var words = new ArrayList<>(service);
        words.addAll(List.of("-v", folder + ":/x:ro", "busybox", "sleep", "1000"));
        daemon.ctl(words.toArray(String[]::new)).ok();
        var job = daemon.ctl("run", "-d", "busybox", "sh", "-c", "exit 3").ok().strip();
        assertThat(daemon.ctl("wait", job).ok()).isEqualTo("3\n");

        daemon.crash();
        killMachines();
        unmountAll();
        Daemon.delete(daemon.root.resolve("vms"));
        daemon.launchAfterReboot();

        assertThat(daemon.ctl("wait", first, job).ok()).isEqualTo("255\n3\n");
        awaitRunning("service");
        assertThat(daemon.ctl("exec", "service", "cat", "/x/name").ok()).isEqualTo("shared");
        assertThat(daemon.ctl("ps", "--format", "{{.Names}}").ok()).isEqualTo("service\n");
        daemon.ctl(run).ok();
        awaitHealth();
        for (var id : daemon.ctl("ps", "-aq").ok().lines().toList()) {
            daemon.ctl("rm", "-f", "-v", id).ok();
        }
        daemon.awaitIdle();
        assertThat(daemon.helpers()).isEmpty();
        assertThat(daemon.files("vms")).isEmpty();
        assertThat(daemon.ctl("doctor").ok()).startsWith("Nothing is wrong");
    }

    private void awaitRunning(String name) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!daemon.ctl("inspect", "-f", "{{.State.Status}}", name).ok().equals("running\n")) {
            assertThat(System.nanoTime()).as(name).isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    private void killMachines() throws InterruptedException {
        for (String helper : daemon.helpers()) {
            long pid = Long.parseLong(helper.substring(0, helper.indexOf(' ')));
            ProcessHandle.of(pid)
                    .ifPresent(p -> {
                        p.destroyForcibly();
                        p.onExit().join();
                    });
        }
    }

    private void unmountAll() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            var point = line.split(" ")[4];
            if (point.startsWith(daemon.root + "/")) {
                var umount = new ProcessBuilder("umount", point).inheritIO().start();
                assertThat(umount.waitFor()).isZero();
            }
        }
    }

    /** What is being recovered is worth a word until it is done. */
    private void awaitHealth() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        for (var said = daemon.ctl("doctor"); said.exit() != 0; said = daemon.ctl("doctor")) {
            assertThat(System.nanoTime()).as(said.out()).isLessThan(deadline);
        }
    }

    @Test
    void all_containers_are_stopped_with_the_daemon_if_it_is_told_so() throws Exception {
        daemon = Daemon.start("--stop-all");
        daemon.ctl("run", "-d", "--name", "deaf", "--stop-timeout", "1", "busybox", "sleep", "99")
                .ok();
        daemon.ctl("run", "-d", "--name", "polite", "busybox", "sh", "-c", POLITE).ok();
        try (var logs = daemon.spawn("logs", "-f", "polite")) {
            logs.awaitOutput("ready\n");
        }

        daemon.terminate();

        assertThat(daemon.helpers()).isEmpty();
        daemon.launch();
        assertThat(daemon.ctl("ps", "-q").ok()).isEmpty();
        assertThat(daemon.ctl("wait", "polite", "deaf").ok()).isEqualTo("4\n137\n");
    }

    private static final String POLITE =
            "trap 'exit 4' TERM; echo ready; while :; do sleep 0.1; done";

    @Test
    void how_a_container_ended_is_known_after_a_crash_on_a_full_disk() throws Exception {
        daemon = Daemon.startOnDisk(160);
        // Read-only: others stand still as soon as they write, until there is room.
        daemon.ctl("run", "-d", "--read-only", "--name", "other", "busybox", "sleep", "99").ok();
        assertThat(daemon.ctl("template", "build", "busybox").err()).contains("make room");
        assertThat(daemon.ctl("template", "ls", "-q").ok()).isEmpty();
        var ends = List.of("run", "-i", "--read-only", "--name", "ends", "busybox", "sh", "-c");
        var words = new ArrayList<>(ends);
        words.add("read x; exit 7");
        try (var command = daemon.spawn(words.toArray(String[]::new))) {
            while (!daemon.ctl("ps", "--format", "{{.Names}}").out().contains("ends")) {
                Thread.sleep(20);
            }
            fillDisk();
            command.stdin().write("\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            command.stdin().flush();
            assertThat(command.await().exit()).isEqualTo(7);
        }

        daemon.crash();
        daemon.launch();

        assertThat(daemon.ctl("wait", "ends").ok()).isEqualTo("7\n");
        assertThat(daemon.ctl("exec", "other", "cat", "/proc/1/comm").ok()).isEqualTo("sleep\n");
        assertThat(daemon.ctl("doctor").out()).contains("MiB left");
        for (var command :
                List.of(
                        List.of("create", "busybox"),
                        List.of("start", "ends"),
                        List.of("volume", "create", "vol"))) {
            var result = daemon.ctl(command.toArray(String[]::new));
            assertThat(result.exit()).as(command.toString()).isNotZero();
            assertThat(result.err())
                    .hasLineCount(1)
                    .contains("full")
                    .contains(daemon.root.toString());
        }
        assertThat(daemon.ctl("rm", "-f", "ends", "other").ok()).isEqualTo("ends\nother\n");
        assertThat(daemon.files("containers")).isEmpty();
        assertThat(daemon.files("vms")).isEmpty();
    }

    private void fillDisk() throws IOException {
        try (var file = new RandomAccessFile(daemon.root.resolve("filler").toFile(), "rw")) {
            while (true) {
                file.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }
}
