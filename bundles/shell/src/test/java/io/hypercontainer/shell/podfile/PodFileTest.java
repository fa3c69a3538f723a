// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.FileSpec;
import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.shell.command.TestSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a right pod file becomes. */
class PodFileTest {
    private final TestSession session = new TestSession();

    private PodSpec read(String text) throws InvalidPodFile {
        return PodFile.parse("pod", text.getBytes(UTF_8), false, Optional.empty())
                .spec(new FileFetcher(session, "pods/pod"));
    }

    private ContainerSpec container(String yaml) throws InvalidPodFile {
        return read("id: web\ncontainers:\n- image: busybox\n" + yaml.indent(2))
                .containers()
                .getFirst();
    }

    @Test
    void everyFieldHasItsPlace(@TempDir Path folder) throws InvalidPodFile {
        session.file("/etc/motd", "hi").file("pods/local", "beside");

        PodSpec pod =
                read(
                        """
                        {
                          "id": "web", "hostname": "web.example", "type": "pod", "tty": true,
                          "restartPolicy": "always",
                          "labels": {"team": "a", "level": 3},
                          "resource": {"vcpu": 2, "memory": 256},
                          "log": {"type": "json-file", "config": {"max-size": "1m", "max-file": "3"}},
                          "dns": ["10.0.0.1", "fd00::1"], "dnsSearch": ["example.com"], "dnsOptions": ["ndots:2"],
                          "files": [
                            {"name": "motd", "encoding": "raw", "uri": "file:///etc/motd"},
                            {"name": "local", "uri": "file:local"},
                            {"name": "secret", "encoding": "base64", "content": "aGVs\\nbG8="}
                          ],
                          "volumes": [
                            {"name": "data", "cache": "none", "fstype": "ext4"},
                            {"name": "host", "source": "%s", "format": "vfs"},
                            {"name": "idle"}
                          ],
                          "interfaces": [{"bridge": "user"}],
                          "services": [{"serviceIP": "10.10.0.1", "servicePort": 80, "protocol": "udp",
                                        "hosts": [{"hostIP": "192.168.1.2", "hostPort": 8080}]}],
                          "portmappings": [{"containerPort": "80-81", "hostPort": "8080-8081"},
                                           {"containerPort": 53, "protocol": "UDP", "hostIP": "127.0.0.1"}],
                          "portmappingWhiteLists": {"internalNetworks": [], "externalNetworks": []},
                          "containers": [{
                            "name": "one", "image": "busybox:1.36", "command": ["echo", ""], "entrypoint": ["/e"],
                            "workdir": "/srv/../w", "envs": [{"env": "A", "value": "1"}, {"env": "B"}],
                            "restartPolicy": "onFailure:3", "sysctl": {"net.core.somaxconn": 512},
                            "ports": [{"containerPort": 443, "hostPort": 8443, "protocol": "tcp"}],
                            "volumes": [{"path": "/data", "volume": "data", "readOnly": true},
                                        {"path": "/host", "volume": "host"},
                                        {"path": "/own", "detail": {"name": "own"}}],
                            "files": [{"path": "/etc/", "filename": "motd"},
                                      {"path": "/local", "filename": "local", "perm": "0640", "user": "1", "group": "wheel"},
                                      {"path": "/secret", "filename": "secret", "perm": "0"},
                                      {"path": "/detail", "detail": {"content": "x"}, "perm": "0755"}],
                            "user": {"name": "nobody", "group": "100", "additionalGroups": ["5", "audio"]},
                            "labels": {"tier": "front"}, "StopSignal": "SIGQUIT",
                            "ulimits": [{"Name": "nofile", "Hard": 2048, "Soft": 1024}, {"Name": "core", "Hard": -1}],
                            "readOnly": true, "cache": "unsafe", "tty": false,
                            "healthCheck": {"test": ["CMD-SHELL", "true"], "interval": "1m30s", "timeout": "500ms",
                                            "startPeriod": "0s", "retries": 5},
                            "limits": {"memory": 64, "cpu": 0.5, "pids": 100},
                            "log": {"type": "none"}
                          }, {"image": "registry.example.com:5000/team/tool@sha256:%s"}]
                        }
                        """
                                .formatted(folder, "0".repeat(64)));

        assertThat(pod.name()).contains("web");
        assertThat(pod.hostname()).contains("web.example");
        assertThat(pod.labels())
                .isEqualTo(
                        Map.of(
                                "team",
                                "a",
                                "level",
                                "3",
                                PodFile.VOLUMES_LABEL,
                                "web-data,web-own"));
        assertThat(pod.machine())
                .isEqualTo(
                        new MachineSpec(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of("user"),
                                Optional.of(256L << 20),
                                Optional.of(2.0),
                                Optional.empty(),
                                false));
        assertThat(pod.dns())
                .isEqualTo(
                        new Dns(
                                List.of("10.0.0.1", "fd00::1"),
                                List.of("example.com"),
                                List.of("ndots:2")));
        assertThat(pod.services())
                .containsExactly(
                        new Service(
                                "10.10.0.1",
                                80,
                                "udp",
                                List.of(new Service.Backend("192.168.1.2", 8080))));
        assertThat(pod.ports())
                .containsExactly(
                        new PortMapping("tcp", "0.0.0.0", 8080, 80),
                        new PortMapping("tcp", "0.0.0.0", 8081, 81),
                        new PortMapping("udp", "127.0.0.1", 0, 53),
                        new PortMapping("tcp", "0.0.0.0", 8443, 443));

        ContainerSpec one = pod.containers().getFirst();
        ContainerSpec expected =
                ContainerSpec.of("busybox:1.36")
                        .name("one")
                        .command(List.of("echo", ""))
                        .entrypoint(List.of("/e"))
                        .workdir("/w")
                        .env(List.of("A=1", "B="))
                        .restart(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3))
                        .sysctls(Map.of("net.core.somaxconn", "512"))
                        .mounts(
                                List.of(
                                        new MountSpec.Volume(
                                                Optional.of("web-data"), "/data", true),
                                        new MountSpec.Bind(folder.toString(), "/host", false),
                                        new MountSpec.Volume(
                                                Optional.of("web-own"), "/own", false)))
                        .files(one.files())
                        .user("nobody:100")
                        .groups(List.of("5", "audio"))
                        .labels(Map.of("tier", "front"))
                        .stopSignal("QUIT")
                        .ulimits(
                                List.of(
                                        new Ulimit("nofile", 1024, 2048),
                                        new Ulimit("core", -1, -1)))
                        .readOnly(true)
                        .terminal(true)
                        .stdin(true)
                        .health(
                                new HealthOptions(
                                        false,
                                        Optional.of(List.of("/bin/sh", "-c", "true")),
                                        Optional.of(Duration.ofSeconds(90)),
                                        Optional.of(Duration.ofMillis(500)),
                                        Optional.of(Duration.ZERO),
                                        Optional.of(5)))
                        .limits(new Limits(64 << 20, 0.5, 100))
                        .log(new LogSpec(Optional.of("none"), Map.of()))
                        .build();
        assertThat(one).isEqualTo(expected);
        assertThat(one.files())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new FileSpec("/etc/motd", "hi".getBytes(UTF_8), 0755, "", ""),
                        new FileSpec("/local", "beside".getBytes(UTF_8), 0640, "1", "wheel"),
                        new FileSpec("/secret", "hello".getBytes(UTF_8), 0, "", ""),
                        new FileSpec("/detail", "x".getBytes(UTF_8), 0755, "", ""));

        ContainerSpec two = pod.containers().getLast();
        assertThat(two)
                .isEqualTo(
                        ContainerSpec.of(
                                        "registry.example.com:5000/team/tool@sha256:"
                                                + "0".repeat(64))
                                .name("web-tool-1")
                                .restart(new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0))
                                .terminal(true)
                                .stdin(true)
                                .log(
                                        new LogSpec(
                                                Optional.of("json-file"),
                                                Map.of("max-size", "1m", "max-file", "3")))
                                .build());
    }

    @Test
    void allButTheImageMayBeLeftOut() throws InvalidPodFile {
        PodSpec pod = read("{\"containers\": [{\"image\": \"busybox\"}]}");

        assertThat(pod.name().orElseThrow()).matches("pod-[a-z]{10}");
        assertThat(pod)
                .isEqualTo(
                        new PodSpec(
                                pod.name(),
                                Optional.empty(),
                                Map.of(),
                                MachineSpec.DEFAULT,
                                List.of(),
                                Dns.OF_NETWORK,
                                List.of(),
                                List.of(
                                        ContainerSpec.of("busybox")
                                                .name(pod.name().orElseThrow() + "-busybox-0")
                                                .build())));
    }

    @Test
    void aPodMayHaveNoContainers() throws InvalidPodFile {
        assertThat(read("{\"id\": \"empty\"}").containers()).isEmpty();
    }

    @Test
    void whatIsNullOrEmptyIsAsGoodAsMissing() throws InvalidPodFile {
        PodSpec pod =
                read(
                        """
                        {"id": "web", "hostname": "", "labels": null, "resource": {"vcpu": 0, "memory": 0},
                         "portmappings": null, "interfaces": [],
                         "containers": [{"image": "busybox", "name": "", "command": [], "entrypoint": null,
                                         "workdir": "", "user": {"name": ""}, "restartPolicy": ""}]}
                        """);

        assertThat(pod.machine()).isEqualTo(MachineSpec.DEFAULT);
        assertThat(pod.containers())
                .containsExactly(ContainerSpec.of("busybox").name("web-busybox-0").build());
    }

    @Test
    void fieldsMayBeWrittenInOtherLetters() throws InvalidPodFile {
        ContainerSpec container = container("stopsignal: 9\nREADONLY: true\n");

        assertThat(container.stopSignal()).contains("9");
        assertThat(container.readOnly()).isTrue();
    }

    @Test
    void anotherNameCountsForVolumesAndContainersToo() throws InvalidPodFile {
        String text =
                """
                id: web
                volumes: [{name: data}]
                containers: [{image: busybox, volumes: [{path: /d, volume: data}]}]
                """;
        PodSpec pod =
                PodFile.parse("-", text.getBytes(UTF_8), true, Optional.of("other"))
                        .spec(new FileFetcher(session, "-"));

        assertThat(pod.name()).contains("other");
        assertThat(pod.containers().getFirst().name()).contains("other-busybox-0");
        assertThat(pod.containers().getFirst().mounts())
                .containsExactly(new MountSpec.Volume(Optional.of("other-data"), "/d", false));
        assertThatThrownBy(() -> PodFile.parse("-", text.getBytes(UTF_8), true, Optional.of("a b")))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("'a b' is not a name");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0000, 0",
        "0644, 0644",
        "0755, 0755",
        "0777, 0777",
        "0400, 0400",
        "0007, 07"
    })
    void noDigitOfPermissionsIsLost(String text, String mode) throws InvalidPodFile {
        assertThat(permissions("perm: " + text)).isEqualTo(Integer.parseInt(mode, 8));
        assertThat(permissions("perm: '" + text + "'")).isEqualTo(Integer.parseInt(mode, 8));
    }

    private int permissions(String perm) throws InvalidPodFile {
        return container("files: [{path: /f, detail: {content: x}, " + perm + "}]")
                .files()
                .getFirst()
                .mode();
    }

    @ParameterizedTest
    @CsvSource({
        "no, no",
        "never, no",
        "Never, no",
        "always, always",
        "onFailure, on-failure",
        "on-failure, on-failure",
        "on-failure:5, on-failure:5",
        "onFailure:5, on-failure:5",
        "unless-stopped, unless-stopped"
    })
    void bothDockersAndHyperdsRestartPoliciesAreKnown(String word, String policy)
            throws InvalidPodFile {
        assertThat(container("restartPolicy: '" + word + "'").restart()).hasToString(policy);
    }

    @ParameterizedTest
    @CsvSource({
        "64, 67108864",
        "'''64''', 67108864",
        "64m, 67108864",
        "1g, 1073741824",
        "512k, 524288"
    })
    void memoryIsInMebibytesUnlessAUnitIsGiven(String text, long bytes) throws InvalidPodFile {
        assertThat(container("limits: {memory: " + text + "}").limits().memoryBytes())
                .isEqualTo(bytes);
        assertThat(read("resource: {memory: " + text + "}").machine().memoryBytes())
                .contains(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{containerPort: 80}                                | 0.0.0.0:0:80/tcp",
                "{containerPort: '80', hostPort: ''}                | 0.0.0.0:0:80/tcp",
                "{containerPort: '80', hostPort: 0}                 | 0.0.0.0:0:80/tcp",
                "{containerPort: 80, hostPort: '8080', protocol: ''} | 0.0.0.0:8080:80/tcp",
                "{containerPort: 8-9, hostPort: 18-19}              | 0.0.0.0:18:8/tcp 0.0.0.0:19:9/tcp",
                "{containerPort: 8-9}                               | 0.0.0.0:0:8/tcp 0.0.0.0:0:9/tcp",
                "{containerPort: 65535, hostPort: 65535, protocol: udp} | 0.0.0.0:65535:65535/udp",
                "{containerPort: 80, hostIP: '::1'}                 | ::1:0:80/tcp",
            })
    void portsAreNumbersOrRanges(String mapping, String ports) throws InvalidPodFile {
        assertThat(read("portmappings: [" + mapping + "]").ports())
                .extracting(PortMapping::toString)
                .containsExactly(ports.split(" "));
    }

    @Test
    void aDetailThatSaysTheSameAsThePodIsTheSameVolume() throws InvalidPodFile {
        PodSpec pod =
                read(
                        """
                        id: web
                        volumes: [{name: data}]
                        containers:
                        - {image: a, volumes: [{path: /d, volume: data, detail: {name: data}}]}
                        - {image: b, volumes: [{path: /e, detail: {name: data}, readOnly: true}]}
                        """);

        assertThat(pod.containers())
                .extracting(ContainerSpec::mounts)
                .containsExactly(
                        List.of(new MountSpec.Volume(Optional.of("web-data"), "/d", false)),
                        List.of(new MountSpec.Volume(Optional.of("web-data"), "/e", true)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{disabled: true}                      | true  |",
                "{test: [NONE]}                        | true  |",
                "{test: [wget, -q, localhost]}         | false | wget -q localhost",
                "{test: [CMD, wget, localhost]}        | false | wget localhost",
                "{test: [CMD-SHELL, true]}             | false | /bin/sh -c true",
                "{retries: 1}                          | false |",
            })
    void healthChecks(String yaml, boolean disabled, String test) throws InvalidPodFile {
        HealthOptions health = container("healthcheck: " + yaml).health();

        assertThat(health.disabled()).isEqualTo(disabled);
        assertThat(health.test().map(words -> String.join(" ", words)))
                .isEqualTo(Optional.ofNullable(test));
    }

    @Test
    void aFileThatTwoContainersGetIsReadOnce() throws InvalidPodFile {
        session.file("pods/f", "x");
        PodSpec pod =
                read(
                        """
                        files: [{name: f, uri: "file:f"}, {name: unused, uri: "file:nowhere"}]
                        containers:
                        - {image: a, files: [{path: /1, filename: f}, {path: /2, filename: f}]}
                        - {image: b, files: [{path: /3/, filename: f}]}
                        """);

        assertThat(pod.containers())
                .flatExtracting(ContainerSpec::files)
                .extracting(FileSpec::path)
                .containsExactly("/1", "/2", "/3/f");
    }

    @Test
    void imagesAreNamedOnce() throws InvalidPodFile {
        String text = "containers: [{image: a}, {image: b}, {image: a}]";
        assertThat(PodFile.parse("p.yml", text.getBytes(UTF_8), false, Optional.empty()).images())
                .containsExactly("a", "b");
    }
}
