// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static io.hypercontainer.api.runtime.RestartPolicy.Kind.ALWAYS;
import static io.hypercontainer.api.runtime.RestartPolicy.Kind.NO;
import static io.hypercontainer.api.runtime.RestartPolicy.Kind.ON_FAILURE;
import static io.hypercontainer.api.runtime.RestartPolicy.Kind.UNLESS_STOPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.api.runtime.Pods;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.restart.ManualSleeper;
import io.hypercontainer.runtime.restart.Sleeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the time that a restart waits has passed, is decided by the tests. */
class RestartsTest extends LocalDaemonTest {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofMillis(200);
    private static final Duration THIRD = Duration.ofMillis(400);

    private final ManualSleeper sleeper = new ManualSleeper();

    @TempDir Path programs;

    @Override
    Sleeper sleeper() {
        return sleeper;
    }

    private static Specs sleeping(RestartPolicy.Kind kind) {
        return Specs.command("sleep", "1000").restart(kind);
    }

    private String state(String id) {
        return get(id).state().word();
    }

    /** It has ended and waits. */
    private String restarting(Specs specs) throws Exception {
        String id = run(specs);
        daemon.containers().waitFor(id);
        sleeper.awaitSleeping(FIRST);
        assertThat(state(id)).isEqualTo("restarting");
        return id;
    }

    @Test
    void afterAsManyFailuresAsAllowedItStaysAsItIs() throws Exception {
        String id = restarting(Specs.sh("echo once more; exit 3").restart(ON_FAILURE, 2));
        assertThat(get(id).restarts()).isEqualTo(1);
        assertThat(get(id).state())
                .isInstanceOfSatisfying(
                        ContainerState.Restarting.class,
                        r -> assertThat(r.status().exitCode()).isEqualTo(3));
        sleeper.pass(FIRST);
        sleeper.pass(SECOND);
        await("die", id, 3);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(3);
        assertThat(state(id)).isEqualTo("exited");
        assertThat(get(id).restarts()).isEqualTo(2);
        assertThat(logs(id)).isEqualTo(Collections.nCopies(3, "once more\n"));
        assertNothingRuns();
    }

    @Test
    void successIsTheEndUnlessItIsToRunAlways() throws Exception {
        String job = run(Specs.sh("exit 0").restart(ON_FAILURE));
        daemon.containers().waitFor(job);
        assertThat(state(job)).isEqualTo("exited");
        String service = restarting(Specs.sh("exit 0").restart(UNLESS_STOPPED));
        sleeper.pass(FIRST);
        sleeper.pass(SECOND);
        sleeper.awaitSleeping(THIRD);
        assertThat(get(service).restarts()).isEqualTo(3);
    }

    @Test
    void aUserWhoStartsItBeginsAnew() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ON_FAILURE));
        sleeper.pass(FIRST);
        sleeper.awaitSleeping(SECOND);
        daemon.containers().stop(id, Optional.empty());
        daemon.containers().start(id);
        sleeper.awaitSleeping(FIRST);
        assertThat(get(id).restarts()).isEqualTo(1);
    }

    @Test
    void stoppingItEndsTheWaiting() throws Exception {
        String id = restarting(Specs.sh("exit 4").restart(ALWAYS));
        daemon.containers().stop(id, Optional.empty());
        assertThat(state(id)).isEqualTo("exited");
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(4);
        sleeper.pass(FIRST);
        sleeper.awaitNobody(FIRST);
        daemon.containers().start(id);
        await("die", id, 2);
        assertThat(actions(id)).containsExactly("create", "start", "die", "stop", "start", "die");
    }

    @Test
    void stoppingItWhileItRunsIsTheEnd() throws Exception {
        String id = run(sleeping(ALWAYS));
        daemon.containers().stop(id, Optional.of(Duration.ofMinutes(1)));
        assertThat(state(id)).isEqualTo("exited");
        assertThat(actions(id)).containsExactly("create", "start", "kill", "die", "stop");
        assertNothingRuns();
    }

    @ParameterizedTest
    @CsvSource({"TERM, exited", "KILL, exited", "INT, exited", "HUP, restarting"})
    void aSignalThatIsMeantToEndItDoes(String signal, String state) throws Exception {
        String id = run(sleeping(ALWAYS));
        daemon.containers().kill(id, signal);
        await("die", id, 1);
        if (state.equals("restarting")) {
            sleeper.awaitSleeping(FIRST);
        } else {
            daemon.containers().waitFor(id);
        }
        assertThat(state(id)).isEqualTo(state);
    }

    @Test
    void soDoesOneOfWhoIsAttached() throws Exception {
        String id = create(sleeping(ALWAYS));
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            attachment.signal(2);
            assertThat(attachment.waitFor().exitCode()).isEqualTo(130);
        }
        assertThat(state(id)).isEqualTo("exited");
    }

    @Test
    void whoIsAttachedOrWaitsSeesTheFirstEnd() throws Exception {
        String id = create(Specs.sh("echo out; exit 5").restart(ALWAYS));
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            assertThat(attachment.stdout().readAllBytes()).asString().isEqualTo("out\n");
            assertThat(attachment.waitFor().exitCode()).isEqualTo(5);
        }
        sleeper.pass(FIRST);
        sleeper.awaitSleeping(SECOND);
        assertThat(get(id).restarts()).isEqualTo(2);
    }

    @Test
    void nobodyCanDoAnythingWithOneThatWaits() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ALWAYS));
        daemon.containers().start(id);
        assertThat(state(id)).isEqualTo("restarting");
        assertThatThrownBy(() -> daemon.containers().attach(id))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("is restarting");
        assertThatThrownBy(() -> daemon.containers().startAttached(id, Optional.empty()))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("is restarting");
        assertThatThrownBy(() -> daemon.containers().exec(id, Specs.exec("true")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("is restarting");
        assertThatThrownBy(() -> daemon.containers().pause(id)).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> daemon.containers().kill(id, "HUP")).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> daemon.containers().remove(id, false, false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("is restarting: stop it first");
        daemon.containers().kill(id, "KILL");
        assertThat(state(id)).isEqualTo("exited");
    }

    @Test
    void oneThatWaitsIsRemovedByForce() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ALWAYS));
        daemon.containers().remove(id, true, true);
        assertThatThrownBy(() -> get(id)).isInstanceOf(NotFound.class);
        sleeper.pass(FIRST);
        assertNothingRuns();
        String running = run(sleeping(ALWAYS));
        daemon.containers().remove(running, true, true);
        assertThat(actions(running)).containsExactly("create", "start", "kill", "die", "destroy");
        assertNothingRuns();
    }

    @Test
    void removalAtTheEndAndRestartsDoNotGoTogether() {
        assertThatThrownBy(() -> create(sleeping(ALWAYS).autoRemove()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("'always'");
        assertThat(daemon.containers().list()).isEmpty();
    }

    @Test
    void waitsForAMissingDriver() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ALWAYS));
        daemon.unplugHypervisor();
        sleeper.pass(FIRST);
        sleeper.awaitNobody(FIRST);
        assertThat(state(id)).isEqualTo("restarting");
        daemon.plugHypervisor();
        await("start", id, 2);
        sleeper.awaitSleeping(SECOND);
        assertThat(daemon.runtime().info().problems()).isEmpty();
    }

    @Test
    void triesAgainWhatFailed() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ALWAYS).port(8080));
        String other = run(sleeping(NO).port(8080));
        sleeper.pass(FIRST);
        sleeper.awaitSleeping(SECOND);
        assertThat(daemon.runtime().info().problems())
                .singleElement()
                .asString()
                .contains("cannot be restarted", id.substring(0, 12), "8080");
        assertThat(get(id).restarts()).isEqualTo(1);
        daemon.containers().remove(other, true, true);
        sleeper.pass(SECOND);
        await("start", id, 2);
        sleeper.awaitSleeping(THIRD);
        assertThat(daemon.runtime().info().problems()).isEmpty();
    }

    @Test
    void aProgramThatIsGoneIsTheEnd() throws Exception {
        Path program = programs.resolve("program");
        Files.writeString(program, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        String id = restarting(Specs.command(program.toString()).restart(ALWAYS));
        Files.delete(program);
        sleeper.pass(FIRST);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(127);
        assertThat(state(id)).isEqualTo("exited");
        daemon.containers().stop(id, Optional.empty()); // returns when nobody is at it any more
        assertNothingRuns();
    }

    @Test
    void theNextDaemonStartsWhatIsToRunAlways() throws Exception {
        String always = run(sleeping(ALWAYS));
        String unlessStopped = run(sleeping(UNLESS_STOPPED));
        String onFailure = run(sleeping(ON_FAILURE));
        String neverStarted = create(sleeping(ALWAYS));
        for (String id : new String[] {always, unlessStopped, onFailure}) {
            daemon.containers().stop(id, Optional.empty());
        }
        restartDaemon();
        sleeper.pass(FIRST);
        await("start", always, 2);
        assertThat(state(always)).isEqualTo("running");
        assertThat(get(always).restarts()).isZero();
        assertThat(state(unlessStopped)).isEqualTo("exited");
        assertThat(state(onFailure)).isEqualTo("exited");
        assertThat(state(neverStarted)).isEqualTo("created");
    }

    @Test
    void theNextDaemonGoesOnWaiting() throws Exception {
        String id = restarting(Specs.sh("exit 6").restart(ON_FAILURE, 3));
        restartDaemon();
        sleeper.awaitSleeping(FIRST);
        assertThat(state(id)).isEqualTo("restarting");
        assertThat(get(id).restarts()).isEqualTo(1);
        sleeper.pass(FIRST);
        await("die", id, 2);
        sleeper.awaitSleeping(SECOND);
        assertThat(get(id).restarts()).isEqualTo(2);
    }

    @Test
    void aStopWhileTheDaemonWaitsIsKnownToTheNext() throws Exception {
        String always = restarting(Specs.sh("exit 6").restart(UNLESS_STOPPED));
        daemon.containers().stop(always, Optional.empty());
        String killed = run(Specs.sh("trap '' TERM; read x").stdin().restart(UNLESS_STOPPED));
        daemon.containers().kill(killed, "TERM");
        daemon.stop();
        daemon.host.guest(killed).kill(killed);
        daemon.start();
        daemon.plug();
        await("die", killed, 1);
        daemon.containers().waitFor(killed);
        assertThat(state(killed)).isEqualTo("exited");
        assertThat(state(always)).isEqualTo("exited");
    }

    @ParameterizedTest
    @CsvSource({"NO, exited", "ON_FAILURE, running", "ALWAYS, running", "UNLESS_STOPPED, running"})
    void aRebootOfTheHostBringsBackWhatThePolicySays(RestartPolicy.Kind kind, String state)
            throws Exception {
        String id = run(sleeping(kind));
        daemon.stop();
        daemon.host.guest(id).end("the host was rebooted");
        daemon.start();
        daemon.plug();
        if (state.equals("running")) {
            sleeper.pass(FIRST);
            await("start", id, 2);
        }
        await("die", id, 1);
        if (state.equals("exited")) {
            assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        }
        assertThat(state(id)).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"NO, exited", "ON_FAILURE, running", "ALWAYS, running", "UNLESS_STOPPED, running"})
    void whatTheDaemonStopsAtItsEndIsNotStoppedByItsUser(RestartPolicy.Kind kind, String state)
            throws Exception {
        String id = run(sleeping(kind));
        daemon.runtime().stopAll();
        assertNothingRuns();
        sleeper.awaitNobody();
        restartDaemon();
        if (state.equals("running")) {
            assertThat(state(id)).isEqualTo("restarting");
            sleeper.pass(FIRST);
            await("start", id, 2);
        }
        assertThat(state(id)).isEqualTo(state);
    }

    @Test
    void whatWaitsWhenTheDaemonStopsAllIsLeftToTheNext() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(UNLESS_STOPPED));
        daemon.runtime().stopAll();
        sleeper.pass(FIRST);
        sleeper.awaitNobody();
        assertThat(state(id)).isEqualTo("restarting");
        assertThat(actions(id)).containsExactly("create", "start", "die");
        restartDaemon();
        sleeper.pass(FIRST);
        await("start", id, 2);
    }

    @Test
    void anEndWhileTheDaemonWasAwayIsAnEndLikeAnyOther() throws Exception {
        String id = run(Specs.sh("read x; exit 3").stdin().restart(ON_FAILURE));
        daemon.stop();
        daemon.host.guest(id).type("x\n");
        daemon.start();
        daemon.plug();
        assertThat(await("die", id, 1).attributes()).containsEntry("exitCode", "3");
        sleeper.pass(FIRST);
        await("start", id, 2);
        assertThat(state(id)).isEqualTo("running");
    }

    @Test
    void anotherPolicyCountsFromTheNextEnd() throws Exception {
        String id = restarting(Specs.sh("exit 1").restart(ALWAYS));
        daemon.containers().update(id, policy(NO));
        assertThat(get(id).restart()).isEqualTo(RestartPolicy.NO);
        sleeper.pass(FIRST);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(1);
        assertThat(state(id)).isEqualTo("exited");
        String other = run(sleeping(NO));
        daemon.containers().update(other, policy(ON_FAILURE));
        daemon.host.guest(other).kill(other);
        sleeper.awaitSleeping(FIRST);
        assertThat(state(other)).isEqualTo("restarting");
        String removed = run(sleeping(NO).autoRemove());
        assertThatThrownBy(() -> daemon.containers().update(removed, policy(ALWAYS)))
                .isInstanceOf(Conflict.class);
        assertThat(actions(other)).containsExactly("create", "start", "update", "die");
    }

    private static ContainerUpdate policy(RestartPolicy.Kind kind) {
        return new ContainerUpdate(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new RestartPolicy(kind, 0)));
    }

    @Test
    void containersOfAPodComeBackInAnotherMachine() throws Exception {
        Pods pods = daemon.runtime().pods();
        String pod =
                pods.create(
                                new PodSpec(
                                        Optional.of("pod"),
                                        Optional.empty(),
                                        Map.of(),
                                        MachineSpec.DEFAULT,
                                        List.of(),
                                        Dns.OF_NETWORK,
                                        List.of(),
                                        List.of(
                                                sleeping(ALWAYS).name("always").build(),
                                                sleeping(NO).name("never").build())))
                        .id();
        pods.start("pod");
        String always = get("always").id();
        daemon.host.guest(pod).end("it broke");
        sleeper.pass(FIRST);
        await("start", always, 2);
        assertThat(state("always")).isEqualTo("running");
        assertThat(pods.get("pod").state()).isInstanceOf(PodState.Running.class);
        daemon.containers().waitFor("never");
        assertThat(state("never")).isEqualTo("exited");
        assertThat(actions(pod)).containsExactly("create", "start", "die", "start");

        pods.stop("pod", Optional.of(Duration.ofMinutes(1)));
        assertThat(state("always")).isEqualTo("exited");
        assertNothingRuns();
    }

    @Test
    void aPodWithAContainerThatWaitsIsRemovedByForce() throws Exception {
        Pods pods = daemon.runtime().pods();
        pods.create(
                new PodSpec(
                        Optional.of("pod"),
                        Optional.empty(),
                        Map.of(),
                        MachineSpec.DEFAULT,
                        List.of(),
                        Dns.OF_NETWORK,
                        List.of(),
                        List.of(Specs.sh("exit 1").restart(ALWAYS).name("waits").build())));
        daemon.containers().start("waits");
        sleeper.awaitSleeping(FIRST);
        assertThatThrownBy(() -> pods.remove("pod", false, true)).isInstanceOf(Conflict.class);
        pods.remove("pod", true, true);
        sleeper.pass(FIRST);
        assertThat(daemon.containers().list()).isEmpty();
        assertNothingRuns();
    }

    @Test
    void aUserRestartsWhatRunsAndWhatDoesNot() throws Exception {
        String id = create(sleeping(NO).autoRemove().name("kept"));
        daemon.containers().restart("kept", Optional.empty());
        daemon.containers().restart("kept", Optional.of(Duration.ofMinutes(1)));
        assertThat(state(id)).isEqualTo("running");
        assertThat(actions(id))
                .containsExactly(
                        "create", "start", "restart", "kill", "die", "stop", "start", "restart");
        daemon.containers().stop(id, Optional.empty());
        assertThatThrownBy(() -> get(id)).isInstanceOf(NotFound.class);
        String waiting = restarting(Specs.sh("exit 1").restart(ALWAYS));
        daemon.containers().restart(waiting, Optional.empty());
        await("restart", waiting, 1);
        assertThat(actions(waiting)).contains("restart");
    }
}
