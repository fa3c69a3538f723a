// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Storage driver dm: a container whose root is a thin device, and the test kit's checks. */
@Tag("device-mapper")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThinDevicesTest {
    private static Daemon daemon;

    /** One for all: a bed needs a quarter of a minute to start a daemon. */
    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start(Map.of("hyper.runtime.cfg", "spares=0\n"));
    }

    @AfterAll
    static void stop() throws IOException {
        daemon.close();
        assertThat(backingFiles()).isEmpty();
    }

    @Test
    @Order(1)
    void aContainerRunsFromAThinDevice() throws Exception {
        var first =
                daemon.ctl(
                        "run",
                        "--storage",
                        "dm",
                        "--storage-opt",
                        "size=64m",
                        "--name",
                        "thin",
                        "busybox",
                        "sh",
                        "-c",
                        "echo kept >>/file; cat /file; df -k / | tail -n 1; ls /");
        System.out.println(first.ok());
        System.out.println(shown(daemon.root.resolve("dm")));
        assertThat(first.ok()).contains("kept").doesNotContain("lost+found");
        assertThat(daemon.root.resolve("dm/devices")).isNotEmptyDirectory();

        daemon.terminate();
        daemon.launch();
        var second = daemon.ctl("start", "-a", "thin").ok();
        assertThat(second).startsWith("kept\nkept\n");

        daemon.ctl("rm", "thin").ok();
        assertThat(daemon.root.resolve("dm/devices")).isEmptyDirectory();
        assertThat(daemon.ctl("doctor").out()).doesNotContain("device");
    }

    @Test
    @Order(2)
    void filesAreReachedAndComparedWhetherTheContainerRunsOrNot(@TempDir Path here)
            throws Exception {
        var devices = daemon.root.resolve("dm/devices");
        Files.writeString(here.resolve("file"), "content");
        daemon.ctl("run", "-d", "--storage", "dm", "--name", "thin", "busybox", "sleep", "9999")
                .ok();
        assertThat(daemon.ctl("diff", "thin").ok()).isEmpty();
        daemon.ctl(
                        "exec",
                        "thin",
                        "sh",
                        "-c",
                        "echo x >/etc/new; rm /bin/ls; echo \"# y\" >>/etc/passwd; chmod 700 /tmp")
                .ok();
        daemon.ctl("cp", here.resolve("file").toString(), "thin:/etc/in").ok();
        var changes =
                """
                C /bin
                D /bin/ls
                C /etc
                A /etc/in
                A /etc/new
                C /etc/passwd
                C /tmp
                """;
        assertThat(daemon.ctl("diff", "thin").ok()).isEqualTo(changes);
        daemon.ctl("cp", "thin:/etc/in", here.resolve("out").toString()).ok();
        assertThat(here.resolve("out")).hasContent("content");
        assertThat(names(devices)).hasSize(1);

        daemon.ctl("stop", "-t", "0", "thin").ok();
        assertThat(daemon.ctl("diff", "thin").ok()).isEqualTo(changes);
        daemon.ctl("cp", here.resolve("file").toString(), "thin:/etc/later").ok();
        daemon.ctl("cp", "thin:/etc/new", here.resolve("new").toString()).ok();
        assertThat(here.resolve("new")).hasContent("x\n");
        daemon.ctl("start", "thin").ok();
        assertThat(daemon.ctl("exec", "thin", "cat", "/etc/later").ok()).isEqualTo("content");
        assertThat(names(devices)).hasSize(1);

        compareAndCrash("thin");
        daemon.ctl("rm", "-f", "thin").ok();
        assertThat(devices).isEmptyDirectory();
    }

    @Test
    @Order(3)
    void imagesOfContainersRunFromThinDevicesAndFromLayers(@TempDir Path here) throws Exception {
        Changed.make(daemon, "thin", "--storage", "dm");
        daemon.ctl("commit", "thin", "changed:1").ok();
        Changed.assertSame(daemon, here, "thin", "changed:1", "--storage", "dm");
        Changed.assertSame(daemon, here, "thin", "changed:1", "--storage", "overlay");
        daemon.ctl("stop", "-t", "0", "thin").ok();
        var image = daemon.ctl("commit", "thin", "changed:2").ok().strip();
        assertThat(image).startsWith("sha256:");

        // Whose image is gone has its files, but nothing to compare them with.
        daemon.ctl("run", "--name", "orphan", "--storage", "dm", "changed:2", "true").ok();
        daemon.ctl("rmi", "-f", image).ok();
        assertThat(daemon.ctl("diff", "orphan").err())
                .contains("was removed, and there is nothing");
        assertThat(daemon.ctl("commit", "orphan").err()).contains("was removed, and no other");
        assertThat(daemon.ctl("start", "orphan").exit()).isZero();
        daemon.ctl("rm", "-f", "orphan").ok();
        daemon.ctl("rm", "thin").ok();
        assertThat(daemon.root.resolve("dm/devices")).isEmptyDirectory();
    }

    /** The daemon ends when the image has been made, while the machine does not take it. */
    private static void compareAndCrash(String container) throws Exception {
        var roots = daemon.root.resolve("dm/roots");
        var id = daemon.ctl("inspect", "--format", "{{.Id}}", container).ok().strip();
        var machine =
                daemon.helpers().stream()
                        .filter(h -> h.contains("qemu-system") && h.contains(id.substring(0, 12)))
                        .map(h -> h.split(" ")[0])
                        .findFirst()
                        .orElseThrow();
        signal("STOP", machine);
        try (var compare = daemon.spawn("diff", container)) {
            Await.text(() -> names(roots).toString(), "original-");
            daemon.crash();
            assertThat(compare.await().exit()).isNotZero();
        } finally {
            signal("CONT", machine);
        }
        daemon.launch();
        Await.text(() -> names(roots).size() + " root", "1 root");
        assertThat(daemon.ctl("diff", container).ok()).contains("A /etc/later");
        assertThat(names(roots)).containsExactly(id + ".json");
        assertThat(names(daemon.root.resolve("dm/devices"))).hasSize(1);
    }

    private static void signal(String name, String process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, process).start().waitFor()).isZero();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    @Order(4)
    void aRootMayBeLargerThanOthersOrOnlyRead() throws Exception {
        var size =
                daemon.ctl(
                                "run",
                                "--rm",
                                "--storage",
                                "dm",
                                "--storage-opt",
                                "size=12g",
                                "busybox",
                                "df",
                                "-k",
                                "/")
                        .ok();
        assertThat(Long.parseLong(size.lines().toList().getLast().trim().split(" +")[1]))
                .isBetween(11L << 20, 12L << 20);
        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--rm",
                                        "--read-only",
                                        "--storage",
                                        "dm",
                                        "busybox",
                                        "sh",
                                        "-c",
                                        "touch /etc/x || echo refused")
                                .ok())
                .isEqualTo("refused\n");
    }

    /** What people look at when they want to believe it. */
    private static String shown(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return "Below "
                    + home
                    + ": "
                    + files.map(f -> home.relativize(f).toString()).sorted().toList()
                    + ", loop devices: "
                    + backingFiles();
        }
    }

    /** Files of the driver's that are loop devices. */
    private static List<String> backingFiles() throws IOException {
        var all = new ArrayList<String>();
        try (var blocks = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (var block : blocks) {
                var file = block.resolve("loop/backing_file");
                if (Files.exists(file)) {
                    all.add(Files.readString(file).strip());
                }
            }
        }
        return all.stream().filter(f -> f.contains("/dm/")).toList();
    }

    @Test
    @Order(5)
    void theDriverPassesTheTestKit(@TempDir Path folder) throws Exception {
        var kit =
                new ProcessBuilder(
                        Daemon.DISTRIBUTION.resolve("tck/run").toString(),
                        "--option",
                        "rootSizeMiB=1024",
                        "--option",
                        "volumeSizeMiB=256",
                        "--option",
                        "growMiB=4",
                        "--option",
                        "lowWaterMiB=1",
                        "--option",
                        "metadataMiB=2",
                        "--option",
                        "hyper.qemu:accelerator=tcg",
                        "--report",
                        folder.resolve("report").toString(),
                        Daemon.DISTRIBUTION
                                .resolve("bundle/io.hypercontainer.storage-dm-0.1.0.jar")
                                .toString());
        // It writes file systems, which the better compiler does in less time.
        kit.environment().remove("JDK_JAVA_OPTIONS");
        var process =
                kit.redirectErrorStream(true).redirectInput(new java.io.File("/dev/null")).start();
        try {
            var said =
                    new String(
                            process.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8);
            System.out.println(said);
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said).containsPattern("[1-9]\\d* passed, 0 failed");
        } finally {
            process.destroyForcibly();
        }
    }
}
