// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code commit} and {@code export} of containers in real guests. */
class CommitTest {
    private static Daemon daemon;
    @TempDir Path here;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static String inspect(String image, String format) throws Exception {
        return daemon.ctl("inspect", "--type", "image", "--format", format, image).ok().strip();
    }

    @Tag("every-hypervisor-long")
    @Test
    void anImageHasTheFilesOfItsContainer() throws Exception {
        Changed.make(daemon, "changed");
        var id = daemon.ctl("commit", "-m", "changed", "changed", "changed:1").ok().strip();
        assertThat(inspect("changed:1", "{{.Id}}")).isEqualTo(id);
        Changed.assertSame(daemon, here, "changed", "changed:1");

        // The same again, of a container that does not run, on top of the first.
        daemon.ctl("stop", "-t", "0", "changed").ok();
        daemon.ctl("commit", "changed", "changed:2").ok();
        Changed.assertSame(daemon, here, "changed", "changed:2");
        assertThat(inspect("changed:2", "{{.RootFS.Layers}}"))
                .isEqualTo(inspect("changed:1", "{{.RootFS.Layers}}"));

        daemon.ctl("run", "--name", "more", "changed:1", "sh", "-c", "echo more >/more").ok();
        daemon.ctl("commit", "more", "changed:3").ok();
        daemon.ctl("rm", "-f", "changed", "more").ok();
        daemon.ctl("rmi", "changed:1", "changed:2").ok();
        assertThat(daemon.ctl("run", "--rm", "changed:3", "cat", "/more", "/etc/new").ok())
                .isEqualTo("more\nx\n");
        daemon.ctl("rmi", "changed:3").ok();
    }

    @Test
    void anImageIsRunAsItsContainerWas() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "server",
                        "--entrypoint",
                        "sh",
                        "-e",
                        "A=b",
                        "-w",
                        "/tmp",
                        "-l",
                        "k=v",
                        "--stop-signal",
                        "INT",
                        "-v",
                        "/anon",
                        "--health-cmd",
                        "true",
                        "busybox",
                        "-c",
                        "echo $A; pwd; sleep 9999")
                .ok();
        daemon.ctl(
                        "commit",
                        "-c",
                        "CMD [\"-c\", \"echo $A $B; pwd\"]",
                        "-c",
                        "ENV B=${A}c",
                        "server",
                        "server")
                .ok();
        assertThat(daemon.ctl("run", "--rm", "server").ok()).isEqualTo("b bc\n/tmp\n");
        assertThat(daemon.ctl("run", "--rm", "server", "-c", "echo $B").ok()).isEqualTo("bc\n");
        assertThat(inspect("server", "{{json .Config.Volumes}}")).isEqualTo("{\"/anon\":{}}");
        assertThat(inspect("server", "{{.Config.StopSignal}} {{.Config.Labels.k}}"))
                .isEqualTo("INT v");
        assertThat(inspect("server", "{{.Config.Env}}")).doesNotContain("HOSTNAME");
        assertThat(inspect("server", "{{json .Config.Healthcheck.Test}}"))
                .isEqualTo("[\"CMD-SHELL\",\"true\"]");
        assertThat(daemon.ctl("commit", "-c", "RUN x", "server").exit()).isEqualTo(1);
        assertThat(daemon.ctl("commit", "server", "No:Such:Name").exit()).isEqualTo(1);

        daemon.ctl("stop", "-t", "0", "server").ok();
        daemon.ctl("rmi", "-f", inspect("busybox", "{{.Id}}")).ok();
        assertThat(daemon.ctl("commit", "server").err())
                .startsWith("hyperctl: the image of container");
        daemon.ctl("rm", "-f", "server").ok();
    }
}
