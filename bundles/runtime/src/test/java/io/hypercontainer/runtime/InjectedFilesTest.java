// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.FileSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.runtime.local.LocalGuest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files, groups, limits and kernel settings get into containers. */
class InjectedFilesTest extends LocalDaemonTest {
    private String pod = "";

    @BeforeEach
    void startPod() throws Exception {
        Pod made =
                daemon.runtime()
                        .pods()
                        .create(
                                new PodSpec(
                                        Optional.of("pod"),
                                        Optional.empty(),
                                        Map.of(),
                                        MachineSpec.DEFAULT,
                                        List.of(),
                                        Dns.OF_NETWORK,
                                        List.of(),
                                        List.of()));
        pod = made.id();
        daemon.runtime().pods().start("pod");
    }

    private LocalGuest guest() {
        return daemon.host.guest(pod);
    }

    private ContainerSpecBuilder container() {
        return ContainerSpec.of("host").name("cc").pod("pod").command(List.of("true"));
    }

    private static FileSpec file(String path, int mode, String user, String group) {
        return new FileSpec(path, ("in " + path).getBytes(UTF_8), mode, user, group);
    }

    private void run(ContainerSpecBuilder spec) throws Exception {
        daemon.containers().create(spec.build());
        start();
    }

    private void start() throws Exception {
        daemon.containers().start("cc");
        daemon.containers().waitFor("cc");
    }

    @Test
    void filesAreUnpackedBeforeTheFirstStartOnly() throws Exception {
        guest().files.put("/etc/passwd", "root:x:0:0::/:\nweb:x:33:33::/:\n".getBytes(UTF_8));
        guest().files.put("/etc/group", "broken\nwheel:x:10:\nwheel:x:11:\n".getBytes(UTF_8));

        run(
                container()
                        .files(
                                List.of(
                                        file("/etc/./motd", 0644, "", ""),
                                        file("/d/" + "n".repeat(150) + "ä", 0400, "1000", "5"),
                                        file("/srv/x", 04755, "web", "wheel"))));
        start();

        assertThat(guest().unpacked)
                .containsExactly(
                        "etc/motd 644 0:0 in /etc/./motd",
                        "d/%1$sä 400 1000:5 in /d/%1$sä".formatted("n".repeat(150)),
                        "srv/x 4755 33:10 in /srv/x");
    }

    @Test
    void aRootInMemoryGetsThemAtEachStart() throws Exception {
        run(container().readOnly(true).files(List.of(file("/f", 0644, "", ""))));
        start();

        assertThat(guest().unpacked).hasSize(2);
    }

    @Test
    void theyOutliveTheDaemonAndGoWithTheContainer() throws Exception {
        String id =
                daemon.containers()
                        .create(container().files(List.of(file("/f", 0644, "", ""))).build())
                        .id();
        assertThat(root.resolve("containers").resolve(id).resolve("files.json")).exists();
        daemon.stop();
        daemon.start();
        daemon.plug();

        start();
        assertThat(guest().unpacked).containsExactly("f 644 0:0 in /f");
        daemon.containers().remove("cc", true, true);
        assertThat(root.resolve("containers")).isEmptyDirectory();
    }

    @Test
    void anOwnerThatTheContainerDoesNotHaveIsRefusedAndNothingRuns() throws Exception {
        daemon.containers()
                .create(container().files(List.of(file("/f", 0644, "nobody", ""))).build());

        assertThatThrownBy(() -> daemon.containers().start("cc"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("no user 'nobody'")
                .hasMessageContaining("/etc/passwd");
        assertThat(guest().running()).isEmpty();
        guest().files.put("/etc/passwd", "nobody:x:99:99::/:\n".getBytes(UTF_8));
        start();
        assertThat(guest().unpacked).containsExactly("f 644 99:0 in /f");
    }

    @Test
    void aGuestThatSendsTooMuchIsNotBelieved() throws Exception {
        guest().files.put("/etc/passwd", new byte[3 << 20]);
        daemon.containers()
                .create(container().files(List.of(file("/f", 0644, "nobody", ""))).build());

        assertThatThrownBy(() -> daemon.containers().start("cc"))
                .hasMessageContaining("larger than");
    }

    @Test
    void filesThatMakeNoSenseAreRefusedAndNothingIsLeft() throws Exception {
        List<List<FileSpec>> wrong =
                List.of(
                        List.of(file("relative", 0644, "", "")),
                        List.of(file("/", 0644, "", "")),
                        List.of(file("/a/..", 0644, "", "")),
                        List.of(file("/a", 010000, "", "")),
                        List.of(file("/a", 0644, "a:b", "")),
                        List.of(file("/a", 0644, "", "a:b")),
                        List.of(file("/a", 0644, "", ""), file("/b/../a", 0644, "", "")),
                        List.of(new FileSpec("/a", new byte[(32 << 20) + 1], 0644, "", "")),
                        new ArrayList<>(Collections.nCopies(1025, file("/a", 0644, "", ""))));
        for (List<FileSpec> files : wrong) {
            assertThatThrownBy(() -> daemon.containers().create(container().files(files).build()))
                    .isInstanceOf(InvalidSpec.class);
        }
        assertThat(root.resolve("containers")).isEmptyDirectory();
    }

    @Test
    void groupsLimitsAndKernelSettingsGetToTheGuest() throws Exception {
        daemon.containers()
                .create(
                        container()
                                .command(List.of("sleep", "1000"))
                                .groups(List.of("audio", "5"))
                                .ulimits(List.of(new Ulimit("nofile", 10, -1)))
                                .sysctls(Map.of("net.core.somaxconn", "512"))
                                .build());
        daemon.containers().start("cc");
        try (var exec = daemon.containers().exec("cc", Specs.exec("true"))) {
            exec.waitFor();
        }

        assertThat(guest().container().sysctls()).isEqualTo(Map.of("net.core.somaxconn", "512"));
        assertThat(guest().started)
                .hasSize(2)
                .allSatisfy(process -> {
                    assertThat(process.groups()).containsExactly("audio", "5");
                    assertThat(process.ulimits()).containsExactly(new Ulimit("nofile", 10, -1));
                })
                .extracting(ProcessSpec::args)
                .contains(List.of("sleep", "1000"));
    }

    @Test
    void processesThatCannotBeAreRefused() {
        List<ContainerSpecBuilder> wrong =
                List.of(
                        container().groups(List.of("a:b")),
                        container().groups(List.of("")),
                        container().sysctls(Map.of("kernel", "1")),
                        container().sysctls(Map.of("../../x", "1")),
                        container().sysctls(Map.of("net.a", "\0")),
                        container().ulimits(List.of(new Ulimit("files", 1, 1))),
                        container().ulimits(List.of(new Ulimit("core", 2, 1))),
                        container().ulimits(List.of(new Ulimit("core", -1, 1))),
                        container().ulimits(List.of(new Ulimit("core", -2, 1))),
                        container()
                                .ulimits(
                                        List.of(
                                                new Ulimit("core", 1, 1),
                                                new Ulimit("core", 1, 1))));
        for (ContainerSpecBuilder spec : wrong) {
            assertThatThrownBy(() -> daemon.containers().create(spec.build()))
                    .isInstanceOf(InvalidSpec.class);
        }
    }
}
