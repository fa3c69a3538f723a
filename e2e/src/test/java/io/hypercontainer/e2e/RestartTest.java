// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restart policies, health checks and events, with real machines. */
class RestartTest {
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    /** Waits until something has happened to a container so many times. */
    private void await(String container, String action, int times) throws InterruptedException {
        try (var events =
                daemon.spawn(
                        "events",
                        "--since",
                        "0",
                        "--filter",
                        "container=" + container,
                        "--filter",
                        "event=" + action,
                        "--format",
                        "{{.Action}}")) {
            events.awaitOutput((action + "\n").repeat(times));
        }
    }

    private void awaitHealth(String container, String status) throws InterruptedException {
        try (var events =
                daemon.spawn("events", "--since", "0", "--filter", "container=" + container)) {
            events.awaitOutput("health_status: " + status);
        }
    }

    /** Waits until a command fails, for it finds nothing any more. */
    private void awaitFailure(String... command) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Result last = daemon.ctl(command);
        while (last.exit() == 0) {
            assertThat(System.nanoTime()).as(last.toString()).isLessThan(deadline);
            last = daemon.ctl(command);
        }
        assertThat(last.exit()).isEqualTo(1);
    }

    private String inspect(String container, String format) throws InterruptedException {
        return daemon.ctl("inspect", "--format", format, container).ok().strip();
    }

    private void killMachines() {
        for (String helper : daemon.helpers()) {
            ProcessHandle.of(Long.parseLong(helper.substring(0, helper.indexOf(' '))))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void failures_are_tried_again_as_often_as_allowed() throws Exception {
        var run =
                daemon.ctl(
                        "run",
                        "--name",
                        "job",
                        "--restart",
                        "on-failure:2",
                        "busybox",
                        "sh",
                        "-c",
                        "echo once more >>/log; cat /log; exit 3");
        // Whoever is attached sees the first run.
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).isEqualTo("once more\n");

        await("job", "die", 3);
        assertThat(daemon.ctl("wait", "job").ok()).isEqualTo("3\n");
        assertThat(inspect("job", "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}"))
                .isEqualTo("2 exited 3");
        assertThat(inspect("job", "{{json .HostConfig.RestartPolicy}}"))
                .isEqualTo("{\"Name\":\"on-failure\",\"MaximumRetryCount\":2}");
        // What it wrote was there each time.
        assertThat(daemon.ctl("logs", "job").ok().lines()).hasSize(6);
    }

    @Test
    void policies_are_acted_on_by_the_next_daemon() throws Exception {
        for (String policy : List.of("no", "on-failure", "always", "unless-stopped")) {
            daemon.ctl(
                            "run",
                            "-d",
                            "--name",
                            policy,
                            "--restart",
                            policy,
                            "busybox",
                            "sleep",
                            "1000")
                    .ok();
        }
        for (String policy : List.of("always", "unless-stopped")) {
            daemon.ctl(
                            "run",
                            "-d",
                            "--name",
                            policy + "-stopped",
                            "--restart",
                            policy,
                            "busybox",
                            "sleep",
                            "1000")
                    .ok();
            daemon.ctl("stop", "-t", "0", policy + "-stopped").ok();
        }

        daemon.crash();
        // As a host does that is switched off.
        killMachines();
        daemon.launch();

        for (String name : List.of("on-failure", "always", "unless-stopped", "always-stopped")) {
            await(name, "start", 2);
            assertThat(daemon.ctl("exec", name, "cat", "/proc/1/comm").ok()).isEqualTo("sleep\n");
        }
        assertThat(daemon.ctl("wait", "no").ok()).isEqualTo("255\n");
        assertThat(inspect("unless-stopped-stopped", "{{.State.Status}}")).isEqualTo("exited");
        assertThat(inspect("always", "{{.RestartCount}}")).isEqualTo("1");

        daemon.ctl("stop", "-t", "0", "always").ok();
        assertThat(daemon.ctl("ps", "--format", "{{.Names}}").ok().lines())
                .containsExactlyInAnyOrder("on-failure", "unless-stopped", "always-stopped");
    }

    @Test
    void a_container_that_waits_is_stopped_and_removed() throws Exception {
        daemon.ctl("run", "-d", "--name", "loop", "--restart", "always", "busybox", "false").ok();
        await("loop", "die", 4);

        daemon.ctl("stop", "loop").ok();

        assertThat(inspect("loop", "{{.State.Status}} {{.State.ExitCode}}")).isEqualTo("exited 1");
        daemon.ctl("start", "loop").ok();
        daemon.ctl("rm", "-f", "loop").ok();
        assertThat(daemon.ctl("ps", "-aq").ok()).isEmpty();
        assertThat(daemon.helpers()).isEmpty();
    }

    @Test
    void a_user_restarts_a_container_that_is_removed_at_its_end() throws Exception {
        daemon.ctl("run", "-d", "--rm", "--name", "kept", "busybox", "sleep", "1000").ok();
        assertThat(daemon.ctl("restart", "-t", "0", "kept").ok()).isEqualTo("kept\n");
        assertThat(daemon.ctl("exec", "kept", "cat", "/proc/1/comm").ok()).isEqualTo("sleep\n");
        daemon.ctl("stop", "-t", "0", "kept").ok();
        assertThat(daemon.ctl("ps", "-aq").ok()).isEmpty();
    }

    @Test
    void health_goes_down_and_up_also_with_the_next_daemon() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "web",
                        "--health-cmd",
                        "echo looking; test -e /well",
                        "--health-interval",
                        "1s",
                        "--health-retries",
                        "2",
                        "busybox",
                        "sleep",
                        "1000")
                .ok();
        awaitHealth("web", "unhealthy");
        assertThat(daemon.ctl("ps", "--format", "{{.Status}}").ok().strip())
                .startsWith("Up ")
                .endsWith(" (unhealthy)");
        assertThat(inspect("web", "{{(index .State.Health.Log 0).Output}}")).isEqualTo("looking");

        daemon.crash();
        daemon.launch();
        daemon.ctl("exec", "web", "touch", "/well").ok();

        awaitHealth("web", "healthy");
        assertThat(daemon.ctl("ps", "--filter", "health=healthy", "--format", "{{.Names}}").ok())
                .isEqualTo("web\n");
    }

    @Test
    void a_check_that_hangs_is_gone_with_its_children() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "web",
                        "--health-cmd",
                        "test -e /seen && exit 0; touch /seen; sleep 1000 & sleep 1000; true",
                        "--health-interval",
                        "1s",
                        "--health-timeout",
                        "2s",
                        "--health-retries",
                        "1",
                        "busybox",
                        // Its first process buries what has lost its parent.
                        "sh",
                        "-c",
                        "tail -f /dev/null & wait")
                .ok();
        awaitHealth("web", "unhealthy");
        awaitHealth("web", "healthy");

        awaitFailure("exec", "web", "pidof", "sleep");
        assertThat(inspect("web", "{{(index .State.Health.Log 0).ExitCode}}")).isEqualTo("-1");
        assertThat(inspect("web", "{{(index .State.Health.Log 0).Output}}"))
                .startsWith("Health check exceeded timeout (2s)");
    }

    @Test
    void events_are_told_as_they_happen_and_later() throws Exception {
        try (var live = daemon.spawn("events", "--format", "{{.Type}} {{.Action}} {{.Actor.ID}}")) {
            // Until it listens, it misses what happens.
            for (int i = 0; live.outSoFar().isEmpty(); i++) {
                daemon.ctl("volume", "create", "heard" + i).ok();
            }
            String id =
                    daemon.ctl("run", "-d", "--name", "job", "busybox", "sleep", "1000")
                            .ok()
                            .strip();
            daemon.ctl("exec", "job", "false");
            daemon.ctl("stop", "-t", "0", "job").ok();
            daemon.ctl("rm", "job").ok();
            live.awaitOutput("container destroy " + id + "\n");
            String seen =
                    live.outSoFar()
                            .lines()
                            .filter(line -> line.endsWith(" " + id))
                            .map(line -> line.replaceFirst("container (.*) [0-9a-f]{64}", "$1"))
                            .toList()
                            .toString();
            assertThat(seen)
                    .isEqualTo(
                            "[create, start, exec_create: false, exec_start: false, exec_die, kill,"
                                    + " die, stop, destroy]");
        }
        daemon.ctl("tag", "busybox", "mine:1").ok();
        daemon.ctl("rmi", "mine:1").ok();

        daemon.crash();
        daemon.launch();

        var lines = daemon.ctl("events", "--since", "0", "--until", "0s").ok().lines().toList();
        assertThat(lines)
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{9}Z \\S+ .*"))
                .anyMatch(line -> line.matches(".* container die [0-9a-f]{64} \\(.*name=job.*\\)"))
                .anyMatch(line -> line.contains(" image tag sha256:") && line.contains("mine:1"))
                .anyMatch(line -> line.contains(" image untag sha256:"));
        assertThat(lines.stream().filter(line -> line.contains(" daemon start hyperd ")))
                .hasSize(2);
        assertThat(
                        daemon.ctl(
                                        "events",
                                        "--since",
                                        "0",
                                        "--until",
                                        "0s",
                                        "--filter",
                                        "event=die",
                                        "--format",
                                        "{{.Actor.Attributes.exitCode}}")
                                .ok())
                .isEqualTo("137\n");
    }
}
