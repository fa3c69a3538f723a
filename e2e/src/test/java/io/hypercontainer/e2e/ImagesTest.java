// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images from archives and registries, good and bad. */
class ImagesTest {
    private static Daemon daemon;
    private static Registry registry;
    private static Path work;

    @BeforeAll
    static void start() throws Exception {
        work = Files.createTempDirectory("hyper-images");
        registry = new Registry(work.resolve("registry"), false);
        daemon =
                Daemon.start(
                        Map.of("hyper.image.cfg", "insecureRegistries=" + registry.host + "\n"));
    }

    @AfterAll
    static void stop() throws IOException {
        daemon.close();
        registry.close();
        Daemon.delete(work);
    }

    @Test
    void a_loaded_image_runs_as_its_configuration_says() throws Exception {
        var layer = busyboxLayer("configured");
        var upper =
                ImageArchive.layerOf(
                        work.resolve("upper.tar"),
                        Map.of("srv/app/.wh.removed", "", "srv/app/added", "new\n"));
        var archive =
                new ImageArchive("configured:1")
                        .layer(layer)
                        .layer(upper)
                        .config("Entrypoint", List.of("/bin/busybox", "sh", "-c"))
                        .config("Cmd", List.of("id -u; pwd; echo $GREETING; ls; cat added"))
                        .config("Env", List.of("GREETING=hi there", "PATH=/bin"))
                        .config("User", "1234")
                        .config("WorkingDir", "/srv/app")
                        .config("StopSignal", "SIGUSR1")
                        .config("Labels", Map.of("a", "b"))
                        .write(work.resolve("configured.tar"));

        assertThat(daemon.ctl("load", "-i", archive.toString()).ok())
                .contains("Loaded image: configured:1");

        assertThat(daemon.ctl("run", "--rm", "configured:1").ok())
                .isEqualTo("1234\n/srv/app\nhi there\nadded\nkept\nnew\n");
        assertThat(
                        daemon.ctl(
                                        "inspect",
                                        "--format",
                                        "{{.Config.StopSignal}} {{.Config.User}}",
                                        "configured:1")
                                .ok())
                .isEqualTo("SIGUSR1 1234\n");
        assertThat(daemon.ctl("rmi", "configured:1").ok())
                .contains("Untagged: configured:1", "Deleted: sha256:");
    }

    @Test
    void an_archive_is_taken_from_standard_input_too() throws Exception {
        var archive =
                new ImageArchive("piped")
                        .layer(busyboxLayer("piped"))
                        .write(work.resolve("piped.tar"));
        var zipped = work.resolve("piped.tar.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(archive, out);
        }

        assertThat(daemon.ctl(ImageArchive.bytes(zipped), "load").ok())
                .contains("Loaded image: piped:latest");

        assertThat(daemon.ctl("run", "--rm", "piped", "/bin/busybox", "cat", "/srv/app/kept").ok())
                .isEqualTo("piped\n");
    }

    @Test
    void a_pulled_image_runs() throws Exception {
        var layer = busyboxLayer("pulled");
        var zipped = work.resolve("pulled.tar.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(layer, out);
        }
        registry.push(
                "team/tool",
                "v1",
                zipped,
                ImageArchive.sha256(layer),
                Map.of("Cmd", List.of("/bin/busybox", "cat", "/srv/app/kept")));
        var name = registry.host + "/team/tool:v1";

        var pull = daemon.ctl("pull", name);
        assertThat(pull.ok())
                .contains(
                        "Pull complete",
                        "Digest: sha256:",
                        "Status: Downloaded newer image for " + name);
        assertThat(daemon.ctl("pull", name).ok()).contains("Image is up to date");
        assertThat(daemon.ctl("run", "--rm", name).ok()).isEqualTo("pulled\n");
        daemon.ctl("rmi", name).ok();
        assertThat(daemon.ctl("run", "--rm", "-q", name).ok()).isEqualTo("pulled\n");
    }

    @Test
    void a_registry_that_asks_for_a_login_gets_dockers() throws Exception {
        var layer = busyboxLayer("locked");
        var zipped = work.resolve("locked.tar.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(layer, out);
        }
        var logins = Files.createDirectories(work.resolve("logins"));
        try (var locked = new Registry(work.resolve("locked"), true);
                var strict =
                        Daemon.start(
                                Map.of(
                                        "hyper.image.cfg",
                                        "insecureRegistries=" + locked.host + "\n"))) {
            locked.push("tool", "v1", zipped, ImageArchive.sha256(layer), Map.of());
            var name = locked.host + "/tool:v1";

            var refused = strict.ctl("pull", name);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains(locked.host).hasLineCount(1);

            Files.writeString(
                    logins.resolve("config.json"),
                    "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}"
                            .formatted(locked.host, Registry.encodedLogin()));
            try (var pull =
                    strict.spawnIn(
                            work, Map.of("DOCKER_CONFIG", logins.toString()), "pull", name)) {
                pull.await().ok();
            }
            assertThat(strict.ctl("images", "-q", name).ok()).hasLineCount(1);
        }
    }

    @Test
    void a_registry_that_does_not_have_the_image_is_told_in_one_line() throws Exception {
        var result = daemon.ctl("run", "--rm", registry.host + "/no/such:1");

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err().lines().toList().getLast())
                .contains(registry.host + "/no/such:1")
                .contains("not found");
    }

    @Test
    void plain_http_is_refused_for_a_registry_that_is_not_named_insecure() throws Exception {
        try (var strict = Daemon.start()) {
            var result = strict.ctl("pull", registry.host + "/team/tool:v1");

            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.err())
                    .contains(registry.host)
                    .contains("insecureRegistries")
                    .hasLineCount(1);
        }
    }

    @Test
    void a_truncated_archive_leaves_nothing() throws Exception {
        var archive =
                new ImageArchive("cut").layer(busyboxLayer("cut")).write(work.resolve("cut.tar"));
        byte[] whole = ImageArchive.bytes(archive);

        refused(Arrays.copyOf(whole, whole.length / 2), "cut");
    }

    @Test
    void a_full_disk_fails_the_load_at_hand_and_nothing_else() throws Exception {
        var large =
                ImageArchive.layerOf(
                        work.resolve("large.tar"), Map.of("large", "x".repeat(80 << 20)));
        var archive = new ImageArchive("large").layer(large).write(work.resolve("large-image.tar"));
        try (var small = Daemon.startOnDisk(64)) {
            small.ctl("images").ok(); // the built-in image is there now
            var before = List.of(small.files("images"), small.files("overlay"));

            var result = small.ctl("load", "-i", archive.toString());

            assertThat(result.exit()).as(result.toString()).isEqualTo(1);
            assertThat(result.err()).contains("No space left on device").hasLineCount(1);
            assertThat(List.of(small.files("images"), small.files("overlay"))).isEqualTo(before);
            assertThat(small.ctl("images", "-q").ok()).hasLineCount(1);
        }
    }

    @Test
    void an_image_for_another_architecture_is_refused() throws Exception {
        var archive =
                new ImageArchive("foreign")
                        .architecture("arm64")
                        .layer(busyboxLayer("foreign"))
                        .write(work.resolve("foreign.tar"));

        assertThat(refused(ImageArchive.bytes(archive), "foreign").err()).contains("arm64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escape", "a/../../escape"})
    void a_layer_that_leads_out_of_itself_is_refused(String name) throws Exception {
        var layer = ImageArchive.layerOf(work.resolve("evil.tar"), Map.of(name, "evil"));
        var archive = new ImageArchive("evil").layer(layer).write(work.resolve("evil-image.tar"));

        refused(ImageArchive.bytes(archive), "evil");
    }

    @Test
    void an_absolute_path_in_a_layer_stays_inside() throws Exception {
        var files = new TreeMap<>(Map.of("/etc/absolute", "inside\n"));
        var layer = ImageArchive.layerOf(work.resolve("absolute.tar"), files);
        var archive =
                new ImageArchive("absolute")
                        .layer(busyboxLayer("absolute"))
                        .layer(layer)
                        .write(work.resolve("absolute-image.tar"));

        daemon.ctl("load", "-i", archive.toString()).ok();

        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--rm",
                                        "absolute",
                                        "/bin/busybox",
                                        "cat",
                                        "/etc/absolute")
                                .ok())
                .isEqualTo("inside\n");
        assertThat(Path.of("/etc/absolute")).doesNotExist();
    }

    private static Result refused(byte[] archive, String image) throws Exception {
        var before = daemon.files("images/blobs");
        var result = daemon.ctl(archive, "load");

        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).startsWith("hyperctl: ").hasLineCount(1);
        assertThat(daemon.ctl("images", "-q", image).ok()).isEmpty();
        assertThat(daemon.files("images/blobs")).isEqualTo(before);
        return result;
    }

    /**
     * Debian's static busybox, a marker with the given text, and a file that a layer above removes.
     */
    private static Path busyboxLayer(String mark) throws IOException {
        var file = work.resolve(mark + "-layer.tar");
        try (var tar =
                new org.apache.commons.compress.archivers.tar.TarArchiveOutputStream(
                        Files.newOutputStream(file))) {
            var entry =
                    new org.apache.commons.compress.archivers.tar.TarArchiveEntry("bin/busybox");
            entry.setSize(Files.size(Path.of("/bin/busybox")));
            entry.setMode(0100755);
            tar.putArchiveEntry(entry);
            Files.copy(Path.of("/bin/busybox"), tar);
            tar.closeArchiveEntry();
            for (var name : List.of("kept", "removed")) {
                byte[] content = (mark + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
                entry =
                        new org.apache.commons.compress.archivers.tar.TarArchiveEntry(
                                "srv/app/" + name);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }
}
