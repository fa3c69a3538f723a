// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    @Test
    @Order(1)
    void aContainerRunsFromAThinDevice() throws Exception {
        try (var daemon = Daemon.start()) {
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
        assertThat(backingFiles()).isEmpty();
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
    @Order(2)
    void theDriverPassesTheTestKit(@TempDir Path folder) throws Exception {
        var process =
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
                                        .toString())
                        .redirectErrorStream(true)
                        .redirectInput(new java.io.File("/dev/null"))
                        .start();
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
