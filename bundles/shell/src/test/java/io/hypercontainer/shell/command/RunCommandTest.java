// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.MountSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RunCommandTest {
    private final Typed typed = new Typed();

    private ContainerSpec spec() {
        return typed.runtime.containers.specs.getFirst();
    }

    @Test
    void staysWithTheProcessAndTakesItsCode() {
        typed.runtime.containers.process = FakeProcess.ended(42, "hello\n", "oops\n");

        assertThat(typed.run("run --rm busybox echo hello")).isEqualTo(42);

        assertThat(typed.out()).isEqualTo("hello\n");
        assertThat(typed.err()).isEqualTo("oops\n");
        assertThat(spec().autoRemove()).isTrue();
        assertThat(spec().command()).contains(List.of("echo", "hello"));
    }

    @Test
    void inTheBackgroundPrintsTheWholeId() {
        assertThat(typed.run("run -d --name web busybox")).isZero();

        assertThat(typed.out()).isEqualTo(Samples.id("web") + "\n").matches("[0-9a-f]{64}\n");
        assertThat(typed.runtime.containers.calls).containsExactly("create busybox", "start web");
    }

    @Test
    void createDoesNotStart() {
        assertThat(typed.run("create --name web busybox")).isZero();

        assertThat(typed.out()).isEqualTo(Samples.id("web") + "\n");
        assertThat(typed.runtime.containers.calls).containsExactly("create busybox");
    }

    @Test
    void whatIsBehindTheImageBelongsToTheCommand() {
        typed.run("run busybox ls -l --rm -- -e @file");

        assertThat(spec().command()).contains(List.of("ls", "-l", "--rm", "--", "-e", "@file"));
        assertThat(spec().autoRemove()).isFalse();
    }

    @Test
    void turnsOptionsIntoASpecification(@TempDir Path folder) {
        typed.session.at(folder.toString()).variable("HOST_VAR", "x").file("env", "FILE=1");

        int code =
                typed.run(
                        "run -d -it -e A=1 -e HOST_VAR --env-file env -w /w -u 1:2 --entrypoint /e"
                                + " -v data:/data:ro -v ./made:/made --tmpfs /t:size=1m"
                                + " -p 8080:80 -P -m 512m --cpus 1.5 -h box --read-only"
                                + " -l a=b -l c --hypervisor qemu --storage overlay --network none"
                                + " --require-kvm --privileged --stop-signal INT"
                                + " --stop-timeout 3 --storage-opt size=1g busybox a b");

        assertThat(typed.err()).isEmpty();
        assertThat(code).isZero();
        ContainerSpec spec = spec();
        assertThat(spec.env()).containsExactly("FILE=1", "A=1", "HOST_VAR=x");
        assertThat(spec.workdir()).contains("/w");
        assertThat(spec.user()).contains("1:2");
        assertThat(spec.entrypoint()).contains(List.of("/e"));
        assertThat(spec.mounts())
                .containsExactly(
                        new MountSpec.Volume(Optional.of("data"), "/data", true),
                        new MountSpec.Bind(folder + "/made", "/made", false),
                        new MountSpec.Tmpfs("/t", 1 << 20, 01777));
        assertThat(folder.resolve("made")).isDirectory();
        assertThat(spec.ports()).hasToString("[0.0.0.0:8080:80/tcp]");
        assertThat(spec.publishAll()).isTrue();
        assertThat(spec.terminal()).isTrue();
        assertThat(spec.stdin()).isTrue();
        assertThat(spec.readOnly()).isTrue();
        assertThat(spec.privileged()).isTrue();
        assertThat(spec.hostname()).contains("box");
        assertThat(spec.labels()).isEqualTo(Map.of("a", "b", "c", ""));
        assertThat(spec.stopSignal()).contains("INT");
        assertThat(spec.stopTimeout()).contains(Duration.ofSeconds(3));
        assertThat(spec.machine().memoryBytes()).contains(512L << 20);
        assertThat(spec.machine().cpus()).contains(1.5);
        assertThat(spec.machine().hypervisor()).contains("qemu");
        assertThat(spec.machine().storage()).contains("overlay");
        assertThat(spec.machine().network()).contains("none");
        assertThat(spec.machine().rootBytes()).contains(1L << 30);
        assertThat(spec.machine().requireHardware()).isTrue();
    }

    @Test
    void whatIsNotGivenIsLeftOpen() {
        typed.run("run -d busybox");

        ContainerSpec spec = spec();
        assertThat(spec.name()).isEmpty();
        assertThat(spec.entrypoint()).isEmpty();
        assertThat(spec.command()).isEmpty();
        assertThat(spec.machine()).isEqualTo(io.hypercontainer.api.runtime.MachineSpec.DEFAULT);
    }

    @Test
    void anEmptyEntrypointDropsTheImages() {
        typed.run("run", "-d", "--entrypoint", "", "busybox", "sh");

        assertThat(spec().entrypoint()).contains(List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-p 99999:80",
                "-p abc",
                "-p 80:80/icmp",
                "--memory lots",
                "--cpus 0",
                "-e =value",
                "-v relative:relative",
                "-v vol:/",
                "--env-file /no/such/file",
                "--pull sometimes",
                "--detach-keys ctrl-1",
                "--stop-timeout -1",
                "--stop-timeout soon",
                "--tmpfs x",
                "--mount type=x,target=/y",
                "-l =x",
                "--storage-opt 1g",
                "--no-such-option",
                "--sig-proxy=perhaps"
            })
    void aBadValueIsRefusedInOneLineBeforeAnythingHappens(String options) {
        assertThat(typed.run("run " + options + " busybox true")).isEqualTo(125);

        assertThat(typed.err().lines().findFirst().orElseThrow()).startsWith("hyperctl: ");
        assertThat(typed.out()).isEmpty();
        assertThat(typed.runtime.containers.calls).isEmpty();
    }

    @Test
    void aMissingImageIsPulledWithItsProgressOnTheErrorOutput() {
        typed.runtime.containers.process = FakeProcess.ended(0, "hello\n", "");

        assertThat(typed.run("run remote")).isZero();

        assertThat(typed.out()).isEqualTo("hello\n");
        assertThat(typed.err().lines())
                .containsExactly(
                        "Unable to find image 'remote:latest' locally",
                        "0123456789ab: Pull complete",
                        "Status: Downloaded newer image");
    }

    @Test
    void quietPullsInSilence() {
        assertThat(typed.run("run -q remote")).isZero();
        assertThat(typed.err()).isEmpty();
        assertThat(typed.images.calls).containsExactly("pull remote");
    }

    @Test
    void alwaysPullsEvenWhatIsHere() {
        typed.run("run --pull always remote");
        typed.run("run --pull=always remote");
        assertThat(typed.images.calls).containsExactly("pull remote", "pull remote");
    }

    @Test
    void neverDoesNotPullAndSaysWhatToDo() {
        assertThat(typed.run("run --pull never remote")).isEqualTo(125);

        assertThat(typed.err()).contains("remote").contains("hyperctl pull").hasLineCount(1);
        assertThat(typed.images.calls).isEmpty();
    }

    @Test
    void anImageThatNobodyHasIsAnError() {
        assertThat(typed.run("run nowhere")).isEqualTo(125);
        assertThat(typed.err().lines().toList().getLast())
                .isEqualTo("hyperctl: image 'nowhere' not found in its registry");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProgramThatCannotBeExecutedHasACodeOfItsOwn(boolean missing) {
        typed.runtime.containers.cannotExecute = new CannotExecute("'nope' is bad", missing);

        assertThat(typed.run("run busybox nope")).isEqualTo(missing ? 127 : 126);
        assertThat(typed.err()).isEqualTo("hyperctl: 'nope' is bad\n");
    }

    @Test
    void oneThatDoesNotStartIsRemovedIfItWasToBeRemovedAnyway() {
        typed.runtime.containers.failure = new Unavailable("no hypervisor");

        assertThat(typed.run("run --rm --name a busybox")).isEqualTo(125);
        assertThat(typed.run("run -d --name b busybox")).isEqualTo(125);

        assertThat(typed.err()).isEqualTo("hyperctl: no hypervisor\n".repeat(2));
        assertThat(typed.runtime.containers.calls)
                .containsExactly(
                        "create busybox",
                        "startAttached a",
                        "remove a true true",
                        "create busybox",
                        "start b");
    }

    @Test
    void aTerminalNeedsATerminal() {
        assertThat(typed.run("run -it busybox")).isEqualTo(125);
        assertThat(typed.err()).isEqualTo("hyperctl: the input device is not a TTY\n");
        assertThat(typed.runtime.containers.calls).isEmpty();
    }

    @Test
    void aTerminalStartsWithTheSizeOfTheClients() {
        typed.session.onTerminal(24, 80);
        typed.runtime.containers.process = new FakeProcess(true).exit(0);

        assertThat(typed.run("run -it --name web busybox")).isZero();
        assertThat(typed.runtime.containers.calls).contains("startAttached web 24x80");
        assertThat(typed.session.rawModes()).containsExactly(true, false);
    }

    @Test
    void booleanOptionsTakeAValueBehindAnEqualsSign() {
        typed.run("run --rm=false --sig-proxy=false -d=true busybox");
        assertThat(spec().autoRemove()).isFalse();
        assertThat(typed.runtime.containers.calls).contains("start made_up");
    }
}
