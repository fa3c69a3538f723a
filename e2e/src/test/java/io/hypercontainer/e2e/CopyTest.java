// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cp} between this host and real guests. */
class CopyTest {
    private static Daemon daemon;
    @TempDir Path here;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
        daemon.ctl("run", "-d", "--name", "web", "busybox", "sleep", "100000").ok();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createDirectories(here.resolve("site/img"));
        Files.writeString(here.resolve("site/index"), "index");
        Files.writeString(here.resolve("site/img/logo"), "logo");
        Files.createSymbolicLink(here.resolve("site/start"), Path.of("index"));
        Files.writeString(here.resolve("file"), "content");
    }

    private Result copy(String from, String to, String... options) throws Exception {
        var words = new ArrayList<>(List.of("cp"));
        words.addAll(List.of(options));
        words.addAll(List.of(from, to));
        try (var command = daemon.spawnIn(here, Map.of(), words.toArray(String[]::new))) {
            command.stdin().close();
            return command.await();
        }
    }

    private static String sh(String container, String script) throws Exception {
        return daemon.ctl("exec", container, "sh", "-c", script).ok();
    }

    private static void awaitNoMachine(String... except) throws Exception {
        while (daemon.helpers().stream()
                .anyMatch(h -> List.of(except).stream().noneMatch(h::contains))) {
            Thread.sleep(50);
        }
    }

    @Tag("every-hypervisor-long")
    @Test
    void files_and_folders_go_both_ways() throws Exception {
        copy("file", "web:/tmp/").ok();
        copy("site", "web:/srv").ok();
        copy("site/.", "web:/srv/img").ok();
        assertThat(sh("web", "cat /tmp/file; ls -lR /srv | grep -c root; readlink /srv/start"))
                .isEqualTo("content8\nindex\n");

        copy("web:/srv", "out").ok();
        copy("web:/srv/img/.", "out/img/img").ok();
        assertThat(here.resolve("out/index")).hasContent("index");
        assertThat(here.resolve("out/img/img/logo")).hasContent("logo");
        assertThat(here.resolve("out/img/img/start")).isSymbolicLink();
        assertThat(Files.readSymbolicLink(here.resolve("out/start"))).hasToString("index");
        copy("web:/srv/start", "followed", "-L").ok();
        assertThat(here.resolve("followed")).hasContent("index");

        assertThat(copy("file", "web:/no/such/folder").exit()).isEqualTo(1);
        assertThat(copy("web:/no/such", ".").err())
                .isEqualTo("hyperctl: could not find the file /no/such in container web\n");
        assertThat(copy("site", "web:/tmp/file").err()).contains("cannot copy directory");
        assertThat(copy("file", "web:/none/").err()).contains("no such directory");
    }

    @Test
    void a_hundred_megabytes_arrive_unchanged() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(11).nextBytes(block);
        try (var out = Files.newOutputStream(here.resolve("big"))) {
            for (int i = 0; i < 100; i++) {
                block[0] = (byte) i;
                out.write(block);
            }
        }
        copy("big", "web:/tmp/big").ok();
        copy("web:/tmp/big", "back").ok();
        assertThat(Files.mismatch(here.resolve("big"), here.resolve("back"))).isEqualTo(-1);
        sh("web", "rm /tmp/big");
    }

    @Tag("every-hypervisor-long")
    @Test
    void archives_stream_through_standard_input_and_output() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry("inner/file");
            entry.setSize(3);
            entry.setUserId(1234);
            entry.setGroupId(5678);
            entry.setMode(0640);
            tar.putArchiveEntry(entry);
            tar.write("abc".getBytes(UTF_8));
            tar.closeArchiveEntry();
        }
        daemon.ctl(bytes.toByteArray(), "cp", "-", "web:/tmp").ok();
        assertThat(sh("web", "stat -c '%u %g %a' /tmp/inner/file")).isEqualTo("1234 5678 640\n");

        Result out = daemon.ctl("cp", "web:/tmp/inner", "-");
        out.ok();
        var names = new ArrayList<String>();
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(out.output()))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                names.add(entry.getName() + " " + entry.getLongUserId());
            }
        }
        assertThat(names).containsExactly("inner/ 0", "inner/file 1234");
        assertThat(daemon.ctl(new byte[3], "cp", "-", "web:/tmp").exit()).isEqualTo(1);
        assertThat(daemon.ctl("cp", "-", "web:/tmp/inner/file").err())
                .contains("must be a directory");
    }

    @Test
    void owners_are_roots_unless_they_are_to_be_kept() throws Exception {
        Files.setAttribute(here.resolve("file"), "unix:uid", 4321);
        copy("file", "web:/tmp/as-root").ok();
        copy("file", "web:/tmp/as-was", "-a").ok();
        assertThat(sh("web", "stat -c %u /tmp/as-root /tmp/as-was")).isEqualTo("0\n4321\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_stopped_container_is_reached_and_stays_stopped() throws Exception {
        daemon.ctl("create", "--name", "still", "busybox", "cat", "/etc/motd").ok();
        copy("file", "web:/etc/motd").ok();
        copy("file", "still:/etc/motd").ok();
        copy("still:/etc/motd", "got").ok();
        assertThat(here.resolve("got")).hasContent("content");
        assertThat(state("still")).isEqualTo("created");
        assertThat(daemon.ctl("diff", "still").ok()).contains("A /etc/motd\n");

        assertThat(daemon.ctl("start", "-a", "still").ok()).isEqualTo("content");
        copy("site", "still:/").ok();
        assertThat(daemon.ctl("cp", "still:/site/img/logo", "-").ok()).contains("logo");
        assertThat(state("still")).isEqualTo("exited");
        awaitNoMachine(id("web"));
        daemon.ctl("rm", "still").ok();
    }

    @Test
    void a_daemon_killed_in_the_middle_leaves_the_container_stopped_and_no_machine()
            throws Exception {
        daemon.ctl("create", "--name", "cut", "busybox", "echo", "alive").ok();
        try (var command = daemon.spawn("cp", "-", "cut:/")) {
            var tar = new TarArchiveOutputStream(command.stdin());
            var entry = new TarArchiveEntry("never-complete");
            entry.setSize(1 << 30);
            tar.putArchiveEntry(entry);
            tar.write(new byte[4 << 20]);
            tar.flush();
            String machine = "/vms/" + id("cut");
            while (daemon.helpers().stream().noneMatch(h -> h.contains(machine))) {
                Thread.sleep(50);
            }
            daemon.crash();
            daemon.launch();
            assertThat(command.await().exit()).isEqualTo(125);
        }
        awaitNoMachine(id("web"));
        assertThat(state("cut")).isEqualTo("created");
        assertThat(daemon.ctl("start", "-a", "cut").ok()).isEqualTo("alive\n");
        assertThat(state("web")).isEqualTo("running");
        daemon.ctl("rm", "cut").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void what_links_in_a_container_point_at_stays_untouched() throws Exception {
        Files.writeString(here.resolve("secret"), "secret");
        sh(
                "web",
                "mkdir -p /evil/dir; cd /evil; ln -s "
                        + here.resolve("secret")
                        + " absolute; ln -s ../../../.. up; ln -s /etc etc; mkfifo pipe;"
                        + " echo same >one; ln one two; chmod 6755 one");
        Result out = copy("web:/evil", ".");
        assertThat(out.exit()).isZero();
        assertThat(out.err()).contains("evil/pipe is neither file, folder nor link");
        assertThat(here.resolve("secret")).hasContent("secret");
        assertThat(here.resolve("evil/up")).isSymbolicLink();
        assertThat(here.resolve("evil/two")).hasContent("same");
        assertThat((int) Files.getAttribute(here.resolve("evil/one"), "unix:mode") & 07777)
                .isEqualTo(0755);

        // What the host has under the names of the container's links is not meant.
        copy("file", "web:/evil/etc/from-host").ok();
        assertThat(Path.of("/etc/from-host")).doesNotExist();
        assertThat(sh("web", "cat /etc/from-host")).isEqualTo("content");
        copy("file", "web:/evil/up/etc/up-host").ok();
        assertThat(sh("web", "cat /etc/up-host")).isEqualTo("content");
        assertThat(Path.of("/etc/up-host")).doesNotExist();
        sh("web", "rm /evil/etc; mkdir /evil/etc; echo x >/evil/etc/passwd; rm /evil/pipe");
        assertThat(copy("web:/evil", ".").err())
                .contains("cannot overwrite non-directory 'evil/etc' with directory");
        assertThat(Files.readString(Path.of("/etc/passwd"))).contains("root:");
    }

    @Test
    void volumes_are_part_of_the_container_and_what_is_read_only_stays_as_it_is() throws Exception {
        daemon.ctl("create", "--name", "stored", "-v", "kept:/data", "busybox", "true").ok();
        copy("file", "stored:/data/file").ok();
        assertThat(daemon.ctl("run", "--rm", "-v", "kept:/v:ro", "busybox", "cat", "/v/file").ok())
                .isEqualTo("content");
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "fixed",
                        "--read-only",
                        "--tmpfs",
                        "/run",
                        "-v",
                        "kept:/data:ro",
                        "busybox",
                        "sleep",
                        "100000")
                .ok();
        for (String path : List.of("/etc/file", "/data/file")) {
            Result refused = copy("file", "fixed:" + path);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("Read-only file system");
        }
        copy("file", "fixed:/run/file").ok();
        copy("fixed:/data/file", "back").ok();
        assertThat(sh("fixed", "cat /run/file")).isEqualTo("content");
        Result busy = copy("stored:/data/file", "other");
        assertThat(busy.err()).contains("volume 'kept' is in use");
        daemon.ctl("rm", "-f", "fixed", "stored").ok();
        daemon.ctl("volume", "rm", "kept").ok();
    }

    @Test
    void a_container_beside_others_in_its_pod_is_reached_too() throws Exception {
        daemon.ctl("pod", "create", "--name", "team").ok();
        daemon.ctl("create", "--name", "first", "--pod", "team", "busybox", "sleep", "100000").ok();
        daemon.ctl("create", "--name", "second", "--pod", "team", "busybox", "cat", "/f").ok();
        copy("file", "first:/f").ok();
        awaitNoMachine(id("web"));
        daemon.ctl("start", "first").ok();
        copy("file", "second:/f").ok();
        copy("second:/f", "back").ok();
        assertThat(here.resolve("back")).hasContent("content");
        assertThat(state("second")).isEqualTo("created");
        assertThat(sh("first", "cat /f")).isEqualTo("content");
        assertThat(daemon.ctl("start", "-a", "second").ok()).isEqualTo("content");
        daemon.ctl("pod", "rm", "-f", "team").ok();
    }

    private static String state(String name) throws Exception {
        return daemon.ctl("inspect", "--format", "{{.State.Status}}", name).ok().strip();
    }

    /** The beginning of a container's id, which its machine has for a name. */
    private static String id(String name) throws Exception {
        return daemon.ctl("inspect", "--format", "{{.Id}}", name).ok().substring(0, 12);
    }
}
