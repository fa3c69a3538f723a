// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.MountSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecResolverTest {
    private static final String ID = "0123456789ab" + "0".repeat(52);
    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    @TempDir Path host;

    private final SpecResolver resolver = new SpecResolver(new MountResolver(() -> "anonymous"));

    static Stream<Arguments> commandLines() {
        List<String> none = List.of();
        Optional<List<String>> unset = Optional.empty();
        return Stream.of(
                Arguments.of(none, List.of("sh"), unset, unset, List.of("sh")),
                Arguments.of(List.of("ep"), none, unset, unset, List.of("ep")),
                Arguments.of(List.of("ep"), List.of("c"), unset, unset, List.of("ep", "c")),
                Arguments.of(
                        List.of("ep"),
                        List.of("c"),
                        unset,
                        Optional.of(List.of("d", "e")),
                        List.of("ep", "d", "e")),
                Arguments.of(
                        List.of("ep"),
                        List.of("c"),
                        Optional.of(List.of("x")),
                        unset,
                        List.of("x")),
                Arguments.of(
                        List.of("ep"),
                        List.of("c"),
                        Optional.of(List.of("x")),
                        Optional.of(List.of("y")),
                        List.of("x", "y")),
                Arguments.of(
                        List.of("ep"),
                        List.of("c"),
                        Optional.of(List.of("")),
                        Optional.of(List.of("y")),
                        List.of("y")),
                Arguments.of(
                        List.of("ep"), List.of("c"), unset, Optional.of(none), List.of("ep", "c")));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void putsTheCommandLineTogetherAsDockerDoes(
            List<String> imageEntrypoint,
            List<String> imageCommand,
            Optional<List<String>> entrypoint,
            Optional<List<String>> command,
            List<String> expected) {
        ContainerSpec spec = new Spec().entrypoint(entrypoint).command(command).build();
        assertThat(resolver.resolve(ID, spec, image(imageEntrypoint, imageCommand)).args())
                .isEqualTo(expected);
    }

    @Test
    void refusesAContainerWithoutACommand() {
        assertThatThrownBy(
                        () -> resolver.resolve(ID, new Spec().build(), image(List.of(), List.of())))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("no command specified");
        Optional<List<String>> reset = Optional.of(List.of(""));
        assertThatThrownBy(() ->
                        resolver.resolve(
                                ID,
                                new Spec().entrypoint(reset).build(),
                                image(List.of("ep"), List.of("c"))))
                .isInstanceOf(InvalidSpec.class);
    }

    @Test
    void laterEnvironmentsReplaceVariablesInTheirPlace() {
        ContainerSpec spec = new Spec().env("B=mine", "D=4").build();
        ImageConfig image =
                new ImageConfig(
                        "amd64",
                        "linux",
                        List.of(),
                        List.of("sh"),
                        List.of("A=1", "B=2", "PATH=/bin"),
                        "app",
                        "srv",
                        List.of(),
                        List.of(),
                        Map.of("a", "image", "b", "image"),
                        "",
                        Optional.empty());
        Resolved resolved = resolver.resolve("web", spec, image);
        assertThat(resolved.env())
                .containsExactly("PATH=/bin", "HOSTNAME=web", "A=1", "B=mine", "D=4");
        assertThat(resolved.user()).isEqualTo("app");
        assertThat(resolved.workdir()).isEqualTo("/srv");
        assertThat(resolved.stopSignal()).isEqualTo("SIGTERM");
        assertThat(resolved.labels()).containsEntry("a", "image");
    }

    @Test
    void whatIsLeftOpenHasDockersDefaults() {
        Resolved resolved = resolver.resolve(ID, new Spec().terminal().build(), sh());
        assertThat(resolved.env()).containsExactly(PATH, "HOSTNAME=" + ID, "TERM=xterm");
        assertThat(resolved.workdir()).isEqualTo("/");
    }

    @Test
    void anImagesVolumesAreAnonymousUnlessTheUserMountsSomethingThere() throws Exception {
        Path folder = Files.createDirectory(host.resolve("data"));
        Path link = Files.createSymbolicLink(host.resolve("link"), folder);
        ContainerSpec spec =
                new Spec()
                        .mount(new MountSpec.Volume(Optional.of("db"), "/var/lib/db", false))
                        .mount(new MountSpec.Bind(link.toString(), "/var", true))
                        .mount(new MountSpec.Tmpfs("/var/lib/db/tmp/", 0, 01777))
                        .build();
        Resolved resolved = resolver.resolve(ID, spec, withVolumes("/var/lib/db", "/cache"));
        assertThat(resolved.mounts())
                .containsExactly(
                        new Mounted.OfHost(folder.toRealPath().toString(), "/var", true),
                        new Mounted.InVolume("anonymous", "/cache", false, true, false),
                        new Mounted.InVolume("db", "/var/lib/db", false, false, false),
                        new Mounted.InMemory("/var/lib/db/tmp", 0, 01777, TmpfsOptions.DEFAULT));
    }

    @Test
    void publishesAllExposedPortsThatAreNotPublishedAlready() {
        PortMapping given = new PortMapping("tcp", "127.0.0.1", 8080, 80);
        ContainerSpec spec = new Spec().port(given).publishAll().build();
        assertThat(PortResolver.resolve(spec, exposing("80/tcp", "53/udp", "443")))
                .containsExactly(
                        given,
                        new PortMapping("udp", "0.0.0.0", 0, 53),
                        new PortMapping("tcp", "0.0.0.0", 0, 443));
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of(new Spec().env("novalue"), "NAME=value"),
                Arguments.of(new Spec().env("=x"), "NAME=value"),
                Arguments.of(new Spec().workdir("relative"), "working directory"),
                Arguments.of(new Spec().stopSignal("SIGNOPE"), "no signal"),
                Arguments.of(new Spec().stopSignal("65"), "no signal"),
                Arguments.of(new Spec().command(Optional.of(List.of("a\0b"))), "zero byte"),
                Arguments.of(
                        new Spec().command(Optional.of(List.of("x".repeat(600_000)))),
                        "more than 524288"),
                Arguments.of(new Spec().mount(new MountSpec.Tmpfs("/", 0, 0755)), "mount target"),
                Arguments.of(
                        new Spec().mount(new MountSpec.Tmpfs("/a/..", 0, 0755)), "mount target"),
                Arguments.of(new Spec().mount(new MountSpec.Tmpfs("a", 0, 0755)), "mount target"),
                Arguments.of(new Spec().mount(new MountSpec.Tmpfs("/a", -1, 0755)), "out of range"),
                Arguments.of(
                        new Spec()
                                .mount(new MountSpec.Tmpfs("/a", 0, 0755))
                                .mount(new MountSpec.Tmpfs("/a/", 0, 0755)),
                        "two mounts"),
                Arguments.of(
                        new Spec().mount(new MountSpec.Volume(Optional.of("../x"), "/a", false)),
                        "volume name"),
                Arguments.of(
                        new Spec().mount(new MountSpec.Bind("/no/such/folder", "/a", false)),
                        "does not exist"),
                Arguments.of(
                        new Spec().mount(new MountSpec.Bind("/dev/null", "/a", false)),
                        "neither a folder nor a regular file"),
                Arguments.of(
                        new Spec().mount(new MountSpec.Bind("etc", "/a", false)),
                        "not an absolute path"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatIsNotValidAndSaysWhat(Spec spec, String message) {
        assertThatThrownBy(() -> resolver.resolve(ID, spec.build(), sh()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesPortsWithoutANetwork() {
        ContainerSpec spec =
                new Spec().network("none").port(new PortMapping("tcp", "0.0.0.0", 0, 1)).build();
        assertThatThrownBy(() -> PortResolver.resolve(spec, sh()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("without a network");
    }

    @Test
    void refusesAnImageThatExposesNonsenseOnlyWhenItIsPublished() {
        assertThat(PortResolver.resolve(new Spec().build(), exposing("x"))).isEmpty();
        assertThatThrownBy(
                        () -> PortResolver.resolve(new Spec().publishAll().build(), exposing("x")))
                .isInstanceOf(InvalidSpec.class);
    }

    private static ImageConfig sh() {
        return image(List.of(), List.of("sh"));
    }

    private static ImageConfig image(List<String> entrypoint, List<String> command) {
        return image(entrypoint, command, List.of(), List.of());
    }

    private static ImageConfig withVolumes(String... volumes) {
        return image(List.of(), List.of("sh"), List.of(), List.of(volumes));
    }

    private static ImageConfig exposing(String... ports) {
        return image(List.of(), List.of("sh"), List.of(ports), List.of());
    }

    private static ImageConfig image(
            List<String> entrypoint,
            List<String> command,
            List<String> ports,
            List<String> volumes) {
        return new ImageConfig(
                "amd64",
                "linux",
                entrypoint,
                command,
                List.of(),
                "",
                "",
                ports,
                volumes,
                Map.of(),
                "",
                Optional.empty());
    }

    /** Says only what a test is about. */
    static final class Spec {
        private Optional<List<String>> entrypoint = Optional.empty();
        private Optional<List<String>> command = Optional.empty();
        private List<String> env = List.of();
        private Optional<String> workdir = Optional.empty();
        private Optional<String> stopSignal = Optional.empty();
        private final List<MountSpec> mounts = new java.util.ArrayList<>();
        private final List<PortMapping> ports = new java.util.ArrayList<>();
        private boolean publishAll;
        private boolean terminal;
        private MachineSpec machine = MachineSpec.DEFAULT;

        Spec entrypoint(Optional<List<String>> value) {
            entrypoint = value;
            return this;
        }

        Spec command(Optional<List<String>> value) {
            command = value;
            return this;
        }

        Spec env(String... value) {
            env = List.of(value);
            return this;
        }

        Spec workdir(String value) {
            workdir = Optional.of(value);
            return this;
        }

        Spec stopSignal(String value) {
            stopSignal = Optional.of(value);
            return this;
        }

        Spec mount(MountSpec value) {
            mounts.add(value);
            return this;
        }

        Spec port(PortMapping value) {
            ports.add(value);
            return this;
        }

        Spec publishAll() {
            publishAll = true;
            return this;
        }

        Spec terminal() {
            terminal = true;
            return this;
        }

        Spec network(String name) {
            machine =
                    new MachineSpec(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(name),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            false);
            return this;
        }

        ContainerSpec build() {
            var spec =
                    ContainerSpec.of("image")
                            .env(env)
                            .mounts(mounts)
                            .ports(ports)
                            .publishAll(publishAll)
                            .terminal(terminal)
                            .machine(machine);
            entrypoint.ifPresent(spec::entrypoint);
            command.ifPresent(spec::command);
            workdir.ifPresent(spec::workdir);
            stopSignal.ifPresent(spec::stopSignal);
            return spec.build();
        }
    }
}
