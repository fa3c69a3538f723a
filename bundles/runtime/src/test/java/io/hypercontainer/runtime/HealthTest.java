// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.Health.Status;
import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.restart.ManualSleeper;
import io.hypercontainer.runtime.restart.Sleeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that are executed as processes, when the tests say that it is time. */
class HealthTest extends LocalDaemonTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final String HEALTHY = "health_status: healthy";
    private static final String UNHEALTHY = "health_status: unhealthy";

    private final ManualSleeper sleeper = new ManualSleeper();

    @TempDir Path folder;

    @Override
    Sleeper sleeper() {
        return sleeper;
    }

    /** It may be due a little earlier than others, as the start took its time. */
    private void firstCheck() throws InterruptedException {
        sleeper.passAny();
    }

    private String sleeping(String check) throws Exception {
        return run(Specs.command("sleep", "1000").health(check, 1));
    }

    private Health health(String id) {
        return get(id).health().orElseThrow();
    }

    @Test
    void aCheckHasTheContainersEnvironment() throws Exception {
        String id = sleeping("echo well from $FROM; echo err >&2");
        assertThat(health(id)).isEqualTo(new Health(Status.STARTING, 0, List.of()));
        assertThat(get(id).healthCheck().orElseThrow().test())
                .containsExactly("sh", "-c", "echo well from $FROM; echo err >&2");
        firstCheck();
        await(HEALTHY, id, 1);
        assertThat(health(id).status()).isEqualTo(Status.HEALTHY);
        assertThat(health(id).log())
                .singleElement()
                .returns(0, Health.Check::exitCode)
                .satisfies(c -> assertThat(c.output()).contains("well from image\n", "err\n"));
        // It is not in the log, and not among the events of those who executed something.
        assertThat(logs(id)).isEmpty();
        assertThat(actions(id)).containsExactly("create", "start", HEALTHY);
    }

    @Test
    void goesUpAndDown() throws Exception {
        Path well = folder.resolve("well");
        String id = sleeping("test -e " + well);
        firstCheck();
        await(UNHEALTHY, id, 1);
        Files.createFile(well);
        sleeper.pass(INTERVAL);
        await(HEALTHY, id, 1);
        Files.delete(well);
        sleeper.pass(INTERVAL);
        await(UNHEALTHY, id, 2);
        assertThat(health(id).log()).extracting(Health.Check::exitCode).containsExactly(1, 0, 1);
        assertThat(get(id).state().word()).isEqualTo("running");
    }

    @Test
    void aCheckThatHangsIsGoneAfterItsTime() throws Exception {
        String id = sleeping("echo begun; exec sleep 1000");
        firstCheck();
        daemon.host.guest(id).awaitStart("health-");
        sleeper.pass(Duration.ofSeconds(1));
        sleeper.pass(Duration.ofSeconds(4));
        await(UNHEALTHY, id, 1);
        assertThat(health(id).log().getFirst().output())
                .startsWith("Health check exceeded timeout (5s)");
        assertThat(daemon.host.guest(id).running()).containsExactly("init");
    }

    @Test
    void endsWithTheContainerAndBeginsWithItsNextStart() throws Exception {
        String id =
                run(
                        Specs.command("sleep", "1000")
                                .restart(RestartPolicy.Kind.ALWAYS)
                                .health("exit 1", 1));
        firstCheck();
        await(UNHEALTHY, id, 1);
        daemon.host.guest(id).kill(id);
        await("die", id, 1);
        sleeper.awaitSleeping(Duration.ofMillis(100));
        sleeper.awaitNobody(INTERVAL);
        assertThat(get(id).health()).isEmpty();
        sleeper.pass(Duration.ofMillis(100));
        await("start", id, 2);
        firstCheck();
        await(UNHEALTHY, id, 2);
        daemon.containers().stop(id, Optional.of(Duration.ofMinutes(1)));
        assertThat(get(id).health()).isEmpty();
    }

    @Test
    void aPausedContainerIsNotChecked() throws Exception {
        String id = sleeping("exit 0");
        daemon.containers().pause(id);
        sleeper.awaitNobody();
        assertThat(health(id).status()).isEqualTo(Status.STARTING);
        restartDaemon();
        // The next daemon finds it paused.
        daemon.containers().unpause(id);
        sleeper.pass(INTERVAL);
        await(HEALTHY, id, 1);
        assertThat(actions(id)).containsExactly("create", "start", "pause", "unpause", HEALTHY);
    }

    @Test
    void goesOnWithTheNextDaemon() throws Exception {
        Path well = folder.resolve("well");
        String id = sleeping("test -e " + well + " || exec sleep 1000");
        firstCheck();
        daemon.host.guest(id).awaitStart("health-");
        daemon.stop();
        Files.createFile(well);
        daemon.start();
        daemon.plug();
        // The one that the earlier daemon would have killed is gone, sooner or later.
        daemon.host.guest(id).awaitEnd("health-");
        firstCheck();
        await(HEALTHY, id, 1);
    }

    @Test
    void nonsenseLeavesNothingBehind() {
        ContainerSpec spec =
                ContainerSpec.of("host")
                        .health(
                                new HealthOptions(
                                        false,
                                        Optional.empty(),
                                        Optional.of(Duration.ofSeconds(1)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))
                        .build();
        assertThatThrownBy(() -> daemon.containers().create(spec)).isInstanceOf(InvalidSpec.class);
        assertThat(daemon.containers().list()).isEmpty();
        assertThat(daemon.storage.roots()).isEmpty();
    }
}
