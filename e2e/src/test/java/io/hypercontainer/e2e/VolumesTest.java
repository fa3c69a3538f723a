// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Volumes, folders and files of the host, file systems in memory. */
class VolumesTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private static String ok(String... words) throws Exception {
        return daemon.ctl(words).ok();
    }

    private static String fails(String... words) throws Exception {
        var result = daemon.ctl(words);
        assertThat(result.exit()).as(String.join(" ", words)).isNotZero();
        return result.err();
    }

    private static void run(String name, String... options) throws Exception {
        var words = new ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(options));
        words.addAll(List.of("busybox", "sleep", "100000"));
        ok(words.toArray(String[]::new));
    }

    private static String sh(String container, String script) throws Exception {
        return ok("exec", container, "sh", "-c", "exec 2>&1; " + script);
    }

    private static Path folder(String name) throws Exception {
        var folder = Files.createDirectories(daemon.directory.resolve(name));
        Files.writeString(folder.resolve("wanted"), "wanted\n");
        Files.writeString(folder.resolve("secret"), "secret\n");
        return folder;
    }

    private static List<String> shareServers() {
        return daemon.helpers().stream().filter(h -> h.contains("virtiofsd")).toList();
    }

    @Test
    void what_is_mounted_is_seen_on_both_sides_and_outlives_the_daemon() throws Exception {
        var folder = folder("both");
        var file = folder.resolve("wanted").toString();
        ok("volume", "create", "named");
        run(
                "mounts",
                "-v",
                file + ":/conf/rw",
                "-v",
                file + ":/conf/ro:ro",
                "-v",
                folder + ":/folder:ro",
                "-v",
                "named:/etc",
                "--mount",
                "type=volume,source=bare,target=/var,volume-nocopy",
                "-v",
                "/anonymous",
                "--tmpfs",
                "/mem:size=1m,mode=700,exec");

        assertThat(sh("mounts", "ls /conf; cat /conf/rw")).isEqualTo("ro\nrw\nwanted\n");
        sh("mounts", "echo guest >>/conf/rw");
        Files.writeString(Path.of(file), "host\n", StandardOpenOption.APPEND);
        assertThat(sh("mounts", "cat /conf/ro")).isEqualTo("wanted\nguest\nhost\n");
        for (var attempt : List.of("echo x >/conf/ro", "rm /folder/secret", "mkdir /folder/x")) {
            assertThat(sh("mounts", attempt + " || true")).contains("Read-only file system");
        }
        // Filled from the image, or not.
        assertThat(sh("mounts", "ls /etc")).contains("passwd");
        assertThat(sh("mounts", "ls /var")).isEmpty();
        assertThat(sh("mounts", "stat -c %a /mem; grep ' /mem ' /proc/mounts"))
                .startsWith("700\n")
                .contains("nosuid,nodev", "size=1024k")
                .doesNotContain("noexec");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(daemon.root.toString());

        daemon.crash();
        daemon.launch();

        sh("mounts", "echo later >>/conf/rw; echo kept >/etc/kept");
        assertThat(Path.of(file)).hasContent("wanted\nguest\nhost\nlater");
        ok("rm", "-f", "-v", "mounts");
        assertThat(shareServers()).isEmpty();
        assertThat(ok("volume", "ls", "-q")).isEqualTo("bare\nnamed\n");
        assertThat(ok("run", "--rm", "-v", "named:/n:ro", "busybox", "cat", "/n/kept"))
                .isEqualTo("kept\n");
        ok("volume", "rm", "named", "bare");
    }

    @Test
    void containers_of_a_running_pod_share_a_volume_and_bring_files() throws Exception {
        var file = folder("pod").resolve("wanted").toString();
        ok("pod", "create", "--name", "pod");
        ok("pod", "start", "pod");
        run("writer", "--pod", "pod", "-v", "common:/out");
        run("reader", "--pod", "pod", "-v", "common:/in:ro", "-v", file + ":/wanted:ro");

        sh("writer", "echo word >/out/file");
        assertThat(sh("reader", "cat /in/file /wanted")).isEqualTo("word\nwanted\n");
        assertThat(sh("reader", "touch /in/file || true")).contains("Read-only file system");
        // In use by this pod, and by containers with names.
        assertThat(fails("run", "--rm", "-v", "common:/c", "busybox", "true"))
                .contains("volume 'common' is in use by running pod");
        assertThat(fails("volume", "rm", "common")).contains("writer (", "reader (");

        ok("rm", "-f", "reader");
        assertThat(shareServers()).isEmpty();
        assertThat(sh("writer", "cat /out/file; ls /sys/block | grep -c vd"))
                .isEqualTo("word\n3\n");
        ok("rm", "-f", "writer");
        ok("volume", "rm", "common");
        ok("pod", "rm", "-f", "pod");
    }

    @Tag("every-hypervisor-long")
    @Test
    void volumes_have_labels_and_sizes_and_the_unused_are_pruned() throws Exception {
        assertThat(ok("volume", "create", "--label", "tier=db", "-o", "size=48m", "sized"))
                .isEqualTo("sized\n");
        ok("volume", "create", "plain");
        var anonymous = ok("volume", "create").strip();
        daemon.crash();
        daemon.launch();

        assertThat(ok("volume", "inspect", "-f", "{{.Labels.tier}} {{.SizeBytes}}", "sized"))
                .isEqualTo("db 50331648\n");
        assertThat(ok("volume", "ls", "-q", "--filter", "label=tier=db")).isEqualTo("sized\n");
        assertThat(ok("volume", "ls", "-q", "--filter", "driver=other")).isEmpty();
        ok("create", "--name", "user", "-v", "sized:/s", "-v", "/a", "busybox", "true");
        assertThat(ok("volume", "ls", "-q", "--filter", "dangling=true", "--filter", "name=plain"))
                .isEqualTo("plain\n");
        assertThat(ok("volume", "prune", "-f")).contains(anonymous).doesNotContain("plain");
        assertThat(fails("volume", "rm", "sized")).contains("user (");
        ok("rm", "-v", "user");
        assertThat(ok("volume", "prune", "-a", "-f")).contains("plain", "sized");
        assertThat(ok("volume", "ls", "-q")).isEmpty();
    }

    @Test
    void what_cannot_be_mounted_is_refused_and_leaves_nothing() throws Exception {
        var folder = folder("bad").toString();
        for (var bad :
                List.of(
                        List.of("-v", "/dev/null:/x"),
                        List.of("--mount", "type=bind,src=" + folder + "/missing,dst=/x"),
                        List.of("-v", folder + ":/x:rshared"),
                        List.of("--mount", "type=bind,src=" + folder + ",dst=/x,ro,size=1"),
                        List.of("--tmpfs", "/x:sync"))) {
            var words = new ArrayList<>(List.of("create", "--name", "bad"));
            words.addAll(bad);
            words.add("busybox");
            assertThat(daemon.ctl(words.toArray(String[]::new)).exit())
                    .as(String.join(" ", bad))
                    .isEqualTo(125);
        }
        assertThat(ok("ps", "-a", "-q", "--filter", "name=bad")).isEmpty();
        assertThat(Path.of(folder, "missing")).doesNotExist();
    }

    @Test
    void a_folder_that_is_missing_is_made_as_docker_does() throws Exception {
        var missing = daemon.directory.resolve("made/for/it");

        assertThat(ok("run", "--rm", "-v", missing + ":/x", "busybox", "touch", "/x/file"))
                .isEmpty();
        assertThat(missing.resolve("file")).exists();
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_running_machine_grows_and_shrinks() throws Exception {
        run("sized", "-m", "256m");
        var total = "awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo";
        var before = Integer.parseInt(sh("sized", total).strip());

        ok("update", "-m", "600m", "sized");
        assertThat(Integer.parseInt(sh("sized", total).strip()) - before).isBetween(320, 344);
        ok("update", "-m", "200m", "sized");
        assertThat(Integer.parseInt(sh("sized", total).strip()) - before).isBetween(-60, -50);
        assertThat(fails("update", "-m", "1000000m", "sized")).contains("host has");
        ok("rm", "-f", "sized");
    }
}
