// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.Health.Status;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.runtime.RestartPolicy.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Restart policies and health checks: the options, and what is shown of them. */
class SupervisionTest {
    private final Typed typed = new Typed();

    private ContainerSpec created(String options) {
        assertThat(typed.run("create " + options + " busybox")).isZero();
        return typed.runtime.containers.specs.getLast();
    }

    @ParameterizedTest
    @CsvSource({
        "no,             NO,             0",
        "always,         ALWAYS,         0",
        "unless-stopped, UNLESS_STOPPED, 0",
        "on-failure,     ON_FAILURE,     0",
        "on-failure:0,   ON_FAILURE,     0",
        "on-failure:3,   ON_FAILURE,     3",
    })
    void restartTakesDockersPolicies(String option, Kind kind, int retries) {
        assertThat(created("--restart " + option).restart())
                .isEqualTo(new RestartPolicy(kind, retries));
        assertThat(created("--restart=" + option).restart())
                .isEqualTo(new RestartPolicy(kind, retries));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--restart sometimes       | invalid restart policy 'sometimes': it is no,",
                "--restart on-failure:x    | invalid restart policy 'on-failure:x': the number",
                "--restart on-failure:-1   | restart policy 'on-failure' cannot have -1 retries",
                "--restart always:3        | restart policy 'always' cannot have 3 retries",
                "--rm --restart always     | conflicting options: cannot specify both --restart",
                "--health-interval 5       | invalid duration '5' for --health-interval: give 1m30s",
                "--health-timeout -1s      | invalid duration '-1s' for --health-timeout",
                "--no-healthcheck --health-cmd x | --no-healthcheck conflicts with",
            })
    void nonsenseIsRefusedBeforeAnythingIsMade(String options, String message) {
        assertThat(typed.run("create " + options + " busybox")).isEqualTo(125);
        assertThat(typed.err()).startsWith("hyperctl: " + message);
        assertThat(typed.runtime.containers.specs).isEmpty();
    }

    @Test
    void removingAtTheEndGoesWithNoRestarts() {
        assertThat(created("--rm --restart no").autoRemove()).isTrue();
    }

    @Test
    void healthOptionsAreHandedOver() {
        assertThat(created("-i").health()).isEqualTo(HealthOptions.OF_IMAGE);
        assertThat(
                        created(
                                        "--health-cmd true --health-interval 1m30s --health-timeout 500ms"
                                                + " --health-start-period 0 --health-retries 5")
                                .health())
                .isEqualTo(
                        new HealthOptions(
                                false,
                                Optional.of(List.of("/bin/sh", "-c", "true")),
                                Optional.of(Duration.ofSeconds(90)),
                                Optional.of(Duration.ofMillis(500)),
                                Optional.of(Duration.ZERO),
                                Optional.of(5)));
        assertThat(created("--no-healthcheck").health().disabled()).isTrue();
    }

    @Test
    void restartTakesSeveralAndAGraceTime() {
        typed.runtime.containers.with(Samples.running("web")).with(Samples.exited("job", 0));
        assertThat(typed.run("restart web job")).isZero();
        assertThat(typed.run("container restart -t 3 web gone")).isEqualTo(1);
        assertThat(typed.run("restart -t -1 web")).isEqualTo(1);
        assertThat(typed.runtime.containers.calls)
                .containsExactlyInAnyOrder("restart web", "restart job", "restart web 3");
        assertThat(typed.out()).isEqualTo("web\njob\nweb\n");
    }

    private void supervised(Status status) {
        Instant then = Samples.THEN;
        typed.runtime.containers.with(
                Samples.running("web")
                        .supervised(
                                new RestartPolicy(Kind.ON_FAILURE, 3),
                                2,
                                new HealthCheck(
                                        List.of("/bin/sh", "-c", "true"),
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(3),
                                        Duration.ZERO,
                                        3),
                                new Health(
                                        status,
                                        1,
                                        List.of(
                                                new Health.Check(
                                                        then, then.plusMillis(20), 1, "no\n")))));
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING, health: starting",
        "HEALTHY, healthy",
        "UNHEALTHY, unhealthy",
    })
    void psShowsHowTheyAre(Status status, String words) {
        supervised(status);
        assertThat(typed.run("ps --format {{.Status}}")).isZero();
        assertThat(typed.out()).startsWith("Up ").endsWith(" (" + words + ")\n");
    }

    @Test
    void psShowsWhatWillBeStartedAgain() {
        typed.runtime.containers.with(Samples.restarting("job", 7)).with(Samples.created("new"));
        assertThat(typed.run("ps --format {{.Names}};{{.State}};{{.Status}}")).isZero();
        assertThat(typed.out()).startsWith("job;restarting;Restarting (7) ").endsWith(" ago\n");
        assertThat(typed.out().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "healthy, web",
        "starting, ''",
        "none, job",
        "unhealthy, ''",
    })
    void psFiltersByHealth(String health, String names) {
        supervised(Status.HEALTHY);
        typed.runtime.containers.with(Samples.running("job"));
        assertThat(typed.run("ps --filter health=" + health + " --format {{.Names}}")).isZero();
        assertThat(typed.out().strip()).isEqualTo(names);
    }

    @Test
    void aHealthThatThereIsNotIsRefused() {
        assertThat(typed.run("ps --filter health=good")).isEqualTo(1);
        assertThat(typed.err()).startsWith("hyperctl: invalid filter 'health=good'");
    }

    @Test
    void inspectShowsAllOfIt() {
        supervised(Status.UNHEALTHY);
        assertThat(
                        typed.run(
                                "inspect",
                                "--format",
                                "{{.RestartCount}} {{json .HostConfig.RestartPolicy}}"
                                        + " {{json .Config.Healthcheck}} {{json .State.Health}}",
                                "web"))
                .isZero();
        assertThat(typed.out())
                .isEqualTo(
                        "2 {\"Name\":\"on-failure\",\"MaximumRetryCount\":3}"
                                + " {\"Test\":[\"CMD-SHELL\",\"true\"],\"Interval\":5000000000,"
                                + "\"Timeout\":3000000000,\"StartPeriod\":0,\"Retries\":3}"
                                + " {\"Status\":\"unhealthy\",\"FailingStreak\":1,\"Log\":[{"
                                + "\"Start\":\"2026-11-24T08:00:00.000000000Z\","
                                + "\"End\":\"2026-11-24T08:00:00.020000000Z\","
                                + "\"ExitCode\":1,\"Output\":\"no\\n\"}]}\n");
    }

    @Test
    void inspectOfOneWithoutACheckHasNoHealth() {
        typed.runtime.containers.with(Samples.restarting("job", 7));
        assertThat(typed.run("inspect", "--format", "{{json .State}}", "job")).isZero();
        assertThat(typed.out())
                .doesNotContain("Health")
                .contains("\"Status\":\"restarting\",\"Running\":true")
                .contains("\"Restarting\":true")
                .contains("\"ExitCode\":7");
    }
}
