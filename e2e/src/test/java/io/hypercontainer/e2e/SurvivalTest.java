// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Containers outlive the daemon that started them. */
class SurvivalTest {
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_container_runs_on_while_the_daemon_is_killed_and_started_again() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "counter",
                        "busybox",
                        "sh",
                        "-c",
                        "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done")
                .ok();
        try (var logs = daemon.spawn("logs", "-f", "counter")) {
            logs.awaitOutput("20\n");
        }
        daemon.ctl("run", "-d", "--name", "short", "busybox", "sh", "-c", "sleep 3; exit 5").ok();

        daemon.crash();
        daemon.launch();

        assertThat(daemon.ctl("wait", "short").ok()).isEqualTo("5\n");
        try (var logs = daemon.spawn("logs", "-f", "counter")) {
            logs.awaitOutput("100\n");
        }
        daemon.ctl("stop", "-t", "0", "counter").ok();
        var lines = daemon.ctl("logs", "counter").ok().lines().map(Integer::valueOf).toList();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("line " + i).isEqualTo(i + 1);
        }
        assertThat(daemon.ctl("exec", "counter", "true").exit()).isEqualTo(125);
    }

    @Tag("every-hypervisor-long")
    @Test
    void an_orderly_end_of_the_daemon_leaves_containers_running() throws Exception {
        daemon.ctl("run", "-d", "--name", "stays", "busybox", "sleep", "1000").ok();

        daemon.terminate();
        assertThat(daemon.helpers()).isNotEmpty();
        daemon.launch();

        assertThat(daemon.ctl("exec", "stays", "cat", "/proc/1/comm").ok()).isEqualTo("sleep\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void the_death_of_a_virtual_machine_is_told_with_its_reason() throws Exception {
        daemon.ctl("run", "-d", "--name", "victim", "busybox", "sleep", "1000").ok();

        for (String helper : daemon.helpers()) {
            ProcessHandle.of(Long.parseLong(helper.substring(0, helper.indexOf(' '))))
                    .orElseThrow()
                    .destroyForcibly();
        }

        assertThat(daemon.ctl("wait", "victim").ok()).isEqualTo("255\n");
        assertThat(daemon.ctl("inspect", "--format", "{{.State.Error}}", "victim").ok())
                .isNotBlank();
    }
}
