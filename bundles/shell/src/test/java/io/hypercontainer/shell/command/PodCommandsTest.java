// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PodCommandsTest {
    private static final String FILE =
            """
            id: web
            resource: {memory: 64}
            portmappings: [{containerPort: 80, hostPort: 8080}]
            volumes: [{name: data}]
            containers:
            - {image: busybox, name: one, volumes: [{path: /d, volume: data}]}
            - {image: busybox, name: two, files: [{path: /f, detail: {content: hello}}]}
            """;

    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        typed.session.file("web.yaml", FILE);
    }

    private PodSpec spec() {
        return typed.runtime.pods.specs.getFirst();
    }

    @Test
    void createMakesThePodOfAFileAndPrintsItsId() {
        assertThat(typed.run("pod create --podfile web.yaml")).isZero();

        assertThat(typed.out()).isEqualTo(Samples.id("pod web") + "\n");
        assertThat(typed.runtime.pods.calls).containsExactly("create web");
        assertThat(spec().containers())
                .extracting(ContainerSpec::name)
                .containsExactly(Optional.of("one"), Optional.of("two"));
        assertThat(spec().containers().getLast().files().getFirst().content())
                .asString()
                .isEqualTo("hello");
    }

    @Test
    void optionsWinOverTheFile() {
        typed.run(
                "pod create --podfile web.yaml --name other -h box -l a=b -m 1g --cpus 2"
                        + " -p 53:53/udp --dns 1.1.1.1 --dns-search x --dns-option ndots:1"
                        + " --network none --hypervisor qemu");

        assertThat(typed.err()).isEmpty();
        assertThat(spec().name()).contains("other");
        assertThat(spec().hostname()).contains("box");
        assertThat(spec().labels()).containsEntry("a", "b");
        assertThat(spec().machine().memoryBytes()).contains(1L << 30);
        assertThat(spec().machine().cpus()).contains(2.0);
        assertThat(spec().machine().network()).contains("none");
        assertThat(spec().machine().hypervisor()).contains("qemu");
        assertThat(spec().ports())
                .containsExactly(
                        new PortMapping("tcp", "0.0.0.0", 8080, 80),
                        new PortMapping("udp", "0.0.0.0", 53, 53));
        assertThat(spec().dns().servers()).containsExactly("1.1.1.1");
        assertThat(spec().dns().search()).containsExactly("x");
        assertThat(spec().dns().options()).containsExactly("ndots:1");
    }

    @Test
    void aPodWithoutAFileIsEmpty() {
        typed.run("pod create --name web");

        assertThat(spec().containers()).isEmpty();
        assertThat(spec().machine()).isEqualTo(MachineSpec.DEFAULT);
    }

    @Test
    void aFileMayComeFromStandardInput() {
        typed.session.input(FILE);
        assertThat(typed.run("pod create --podfile - -y")).isZero();
        assertThat(spec().name()).contains("web");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod create", "pod run", "run", "create", "run -d"})
    void allThatIsWrongWithAFileIsToldAndNothingIsMade(String command) {
        typed.session.file("bad.yaml", "containers: [{image: remote}, {imag: x, tty: 5}]\nid: '-'");

        assertThat(typed.run(command + " --podfile bad.yaml")).isEqualTo(125);

        assertThat(typed.err())
                .isEqualTo(
                        """
                        hyperctl: bad.yaml: id: '-' is not a name: it takes 2 to 128 letters, digits, \
                        '_', '.', '-' and starts with a letter or digit
                        hyperctl: bad.yaml: containers[1].image: is missing
                        hyperctl: bad.yaml: containers[1].tty: must be true or false, not a number
                        hyperctl: bad.yaml: containers[1].imag: unknown field (did you mean image?)
                        """);
        assertThat(typed.out()).isEmpty();
        assertThat(typed.runtime.pods.calls).isEmpty();
        assertThat(typed.images.calls).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThat(typed.run("pod create --podfile no.yaml")).isEqualTo(125);
        assertThat(typed.err())
                .isEqualTo("hyperctl: cannot read no.yaml: No such file or directory\n");
    }

    @Test
    void missingImagesArePulledOnceEach() {
        typed.session.file(
                "p.json", "{\"containers\": [{\"image\": \"remote\"}, {\"image\": \"remote\"}]}");

        assertThat(typed.run("run --podfile p.json -q")).isZero();
        assertThat(typed.images.calls).containsExactly("pull remote");
        assertThat(typed.run("pod create --podfile p.json --name other --pull never")).isZero();
    }

    @Test
    void anImageThatNobodyHasLeavesNothing() {
        typed.session.file("p.json", "{\"containers\": [{\"image\": \"nowhere\"}]}");

        assertThat(typed.run("pod run --podfile p.json")).isEqualTo(125);
        assertThat(typed.runtime.pods.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod run", "run", "run -d", "pod run -d"})
    void runStartsThePodInTheBackground(String command) {
        assertThat(typed.run(command + " --podfile web.yaml")).isZero();

        assertThat(typed.out()).isEqualTo(Samples.id("pod web") + "\n");
        assertThat(typed.runtime.pods.calls).containsExactly("create web", "start web");
    }

    @Test
    void createOfAFileDoesNotStart() {
        assertThat(typed.run("create --podfile web.yaml --name other")).isZero();
        assertThat(typed.runtime.pods.calls).containsExactly("create other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod run", "run"})
    void attachedItStaysWithTheFirstContainer(String command) {
        typed.runtime.containers.process = FakeProcess.ended(42, "hello\n", "");

        assertThat(typed.run(command + " --podfile web.yaml --attach")).isEqualTo(42);

        assertThat(typed.out()).isEqualTo("hello\n");
        assertThat(typed.runtime.containers.calls)
                .containsExactly(
                        "create busybox", "create busybox", "startAttached one", "start two");
        assertThat(typed.runtime.pods.calls).containsExactly("create web");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod run", "run"})
    void removedItTakesItsVolumesAlong(String command) {
        typed.runtime.volumes.names.addAll(List.of("web-data", "web-other"));

        assertThat(typed.run(command + " --podfile web.yaml -a --rm")).isZero();

        assertThat(typed.runtime.pods.calls).containsExactly("create web", "remove web true true");
        assertThat(typed.runtime.volumes.names).containsExactly("web-other");
    }

    @Test
    void whatDoesNotStartIsRemovedIfItWasToBeRemovedAnyway() {
        typed.runtime.containers.failure = new Unavailable("no hypervisor");

        assertThat(typed.run("pod run --podfile web.yaml -a --rm")).isEqualTo(125);
        assertThat(typed.err()).isEqualTo("hyperctl: no hypervisor\n");
        assertThat(typed.runtime.pods.calls).containsExactly("create web", "remove web true true");
    }

    @Test
    void aMissingProgramHasItsCode() {
        typed.runtime.pods.cannotExecute = new CannotExecute("'x' is not there", true);

        assertThat(typed.run("pod run --podfile web.yaml")).isEqualTo(127);
        assertThat(typed.err()).isEqualTo("hyperctl: 'x' is not there\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --podfile web.yaml -e A=1        | with --podfile the file says it all",
                "run --podfile web.yaml busybox       | with --podfile the file says it all",
                "run --podfile web.yaml -m 1g         | with --podfile the file says it all",
                "run --podfile web.yaml --pids-limit 1 | with --podfile the file says it all",
                "run --podfile web.yaml --pod x       | with --podfile the file says it all",
                "run --podfile web.yaml --rm          | --rm of a pod needs --attach",
                "run --podfile web.yaml -a -d         | --attach and --detach do not go together",
                "pod run --podfile web.yaml --rm      | --rm of a pod needs --attach",
                "pod run --name web --attach          | pod 'web' has no container to attach to",
                "run --attach busybox                 | --attach is for --podfile",
                "run                                  | there is no image to run",
                "create -d                            | unknown option",
                "pod create --dns here                | 'here' is not an IP address",
                "pod create -p x                      | cannot publish 'x'",
                "pod create --memory lots             | invalid size 'lots'",
                "run --podfile web.yaml --pull x      | invalid value 'x' for --pull",
                "run --pod web --network none busybox | --network does not go with --pod: it is decided",
                "run --pod web --hypervisor x busybox | --hypervisor does not go with --pod",
                "run --pod web --storage x busybox    | --storage does not go with --pod",
                "run --pod web --require-kvm busybox  | --require-kvm does not go with --pod",
                "run --pod web -p 80 busybox          | --publish does not go with --pod",
                "run --pod web -P busybox             | --publish-all does not go with --pod",
                "run --pod web -h box busybox         | --hostname does not go with --pod",
                "run --ulimit nofile busybox          | invalid ulimit 'nofile': give NAME=SOFT or",
                "run --sysctl x busybox               | invalid value 'x' for --sysctl: give NAME=VALUE",
            })
    void whatDoesNotGoTogetherIsRefusedFirst(String line, String why) {
        assertThat(typed.run(line)).isEqualTo(125);

        assertThat(typed.err()).startsWith("hyperctl: ").contains(why);
        assertThat(typed.runtime.containers.calls).isEmpty();
    }

    @Test
    void aContainerIsAddedToAPodWithItsShare() {
        assertThat(
                        typed.run(
                                "run -d --pod web --storage-opt size=1m -m 64m --cpus 0.5 --pids-limit 100 --ulimit"
                                        + " nofile=10:20 --ulimit core=-1 --sysctl net.a.b=1"
                                        + " --group-add 5 --group-add audio busybox"))
                .isZero();

        ContainerSpec spec = typed.runtime.containers.specs.getFirst();
        assertThat(spec.pod()).contains("web");
        assertThat(spec.machine())
                .isEqualTo(
                        new MachineSpec(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(1L << 20),
                                false));
        assertThat(spec.limits()).isEqualTo(new Limits(64 << 20, 0.5, 100));
        assertThat(spec.ulimits())
                .hasToString(
                        "[Ulimit[name=nofile, soft=10, hard=20], Ulimit[name=core, soft=-1, hard=-1]]");
        assertThat(spec.sysctls()).isEqualTo(Map.of("net.a.b", "1"));
        assertThat(spec.groups()).containsExactly("5", "audio");
    }

    @Test
    void withoutAPodMemoryIsTheMachines() {
        typed.run("run -d -m 64m --pids-limit -1 busybox");

        ContainerSpec spec = typed.runtime.containers.specs.getFirst();
        assertThat(spec.machine().memoryBytes()).contains(64L << 20);
        assertThat(spec.limits()).isEqualTo(Limits.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pod start web db       | start web, start db",
                "pod stop web           | stop web",
                "pod stop -t 3 web      | stop web 3",
                "pod kill web           | kill web KILL",
                "pod kill -s HUP web    | kill web HUP",
                "pod rm web             | remove web false false",
                "pod remove -f -v web   | remove web true true",
                "pod pause web db       | pause web, pause db",
                "pod unpause web        | unpause web",
                "pod update -m 1g web   | resize web memory 1073741824",
                "pod resize --cpus 2 web db | resize web cpus 2.0, resize db cpus 2.0",
            })
    void podsAreTreatedOneByOne(String line, String calls) {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN), "a", "b");
        typed.runtime.pods.with("db", new PodState.Created());

        assertThat(typed.run(line)).isZero();

        assertThat(typed.runtime.pods.calls).containsExactlyInAnyOrder(calls.split(", "));
        assertThat(typed.out().lines()).allMatch(l -> l.equals("web") || l.equals("db"));
        assertThat(typed.out()).contains("web\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "start",
                "stop",
                "kill",
                "rm",
                "pause",
                "unpause",
                "update -m 1g",
                "inspect"
            })
    void whatFailsForOneDoesNotKeepTheOthers(String command) {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(typed.run("pod " + command + " nope web")).isEqualTo(1);

        assertThat(typed.err()).isEqualTo("hyperctl: there is no pod 'nope'\n");
        assertThat(typed.out()).contains("web");
    }

    @Test
    void renameAndUpdateTakeWhatTheyNeed() {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(typed.run("pod rename web front")).isZero();
        assertThat(typed.runtime.pods.calls).containsExactly("rename web front");
        assertThat(typed.run("pod update web")).isEqualTo(1);
        assertThat(typed.err()).contains("nothing to change");
    }

    @Test
    void labelsAreAddedAndReplacedOnDemandOnly() {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(typed.run("pod label web tier=front empty")).isZero();
        assertThat(typed.run("pod label web team=b")).isEqualTo(1);
        assertThat(typed.err()).contains("has a label 'team'");
        assertThat(typed.run("pod label --override web team=b")).isZero();

        assertThat(typed.runtime.pods.get("web").labels())
                .isEqualTo(Map.of("team", "b", "tier", "front", "empty", ""));
    }

    @Test
    void portsComeAndGo() {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(typed.run("ports add web -p 8080:80 -p 443")).isZero();
        assertThat(typed.out()).isEqualTo("0.0.0.0:8080:80/tcp\n0.0.0.0:40443:443/tcp\n");
        assertThat(typed.run("ports add web -p 8080:80")).isEqualTo(1);
        assertThat(typed.err()).contains("pod 'web' publishes 0.0.0.0:8080:80/tcp already");
        assertThat(typed.run("ports delete web -p 443")).isZero();
        assertThat(typed.run("ports delete web -p 8081:80")).isEqualTo(1);
        assertThat(typed.err()).contains("pod 'web' does not publish 0.0.0.0:8081:80/tcp");

        assertThat(typed.runtime.pods.get("web").ports())
                .containsExactly(new PortMapping("tcp", "0.0.0.0", 8080, 80));
        assertThat(typed.run("ports rm -p 8080:80 web")).isZero();
        assertThat(typed.runtime.pods.get("web").ports()).isEmpty();
    }

    @Test
    void portsAreListed() {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));
        typed.runtime.pods.publish(
                "web",
                List.of(
                        new PortMapping("udp", "::1", 53, 53),
                        new PortMapping("tcp", "0.0.0.0", 8080, 80)));

        assertThat(typed.run("ports ls web")).isZero();
        assertThat(typed.run("pod port web --format {{.HostPort}}")).isZero();
        assertThat(typed.out())
                .isEqualTo(
                        """
                        PROTOCOL   HOST PORT      CONTAINER PORT
                        tcp        0.0.0.0:8080   80
                        udp        [::1]:53       53
                        8080
                        53
                        """);
    }

    @Test
    void servicesComeAndGo() {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(
                        typed.run(
                                "service add web 10.0.0.1:80=10.1.0.1:8080,10.1.0.2:8081 10.0.0.1:53/udp=10.1.0.3:53"))
                .isZero();
        assertThat(typed.run("service add web 10.0.0.1:80=10.1.0.1:1")).isEqualTo(1);
        assertThat(typed.err()).contains("pod 'web' has a service 10.0.0.1:80/tcp: use --replace");
        assertThat(typed.run("service add --replace web 10.0.0.1:80=10.1.0.9:9")).isZero();
        assertThat(typed.run("service ls web")).isZero();
        assertThat(typed.out())
                .isEqualTo(
                        """
                        SERVICE           HOSTS
                        10.0.0.1:53/udp   10.1.0.3:53
                        10.0.0.1:80/tcp   10.1.0.9:9
                        """);
        assertThat(typed.run("service rm web 10.0.0.1:80")).isZero();
        assertThat(typed.run("service rm web 10.0.0.1:80")).isEqualTo(1);
        assertThat(typed.err()).contains("pod 'web' has no service 10.0.0.1:80/tcp");
        assertThat(typed.runtime.pods.get("web").services())
                .containsExactly(
                        new Service(
                                "10.0.0.1",
                                53,
                                "udp",
                                List.of(new Service.Backend("10.1.0.3", 53))));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:80, give ADDRESS:PORT=HOST:PORT",
        "10.0.0.1=10.1.0.1:1, '10.0.0.1' is not of the form ADDRESS:PORT",
        "10.0.0.1:80=, '' is not of the form ADDRESS:PORT",
        "10.0.0.1:0=10.1.0.1:1, port 0 is not between",
        "10.0.0.1:80/sctp=10.1.0.1:1, neither tcp nor udp",
        "10.0.0.256:80=10.1.0.1:1, '10.0.0.256' is not an IPv4 address",
        "10.0.0.1:80=web:80, 'web:80' is not of the form",
    })
    void aMalformedServiceIsRefused(String service, String why) {
        typed.runtime.pods.with("web", new PodState.Running(Samples.THEN));

        assertThat(typed.run("service add web " + service)).isEqualTo(1);
        assertThat(typed.err()).contains(why).hasLineCount(1);
    }
}
