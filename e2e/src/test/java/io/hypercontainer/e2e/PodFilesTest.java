// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pods of {@code examples/pods} do what their comments say. */
class PodFilesTest {
    private static final Path EXAMPLES = Daemon.DISTRIBUTION.resolve("examples/pods");
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.ctl("pod", "ls", "-q").out().lines().forEach(PodFilesTest::remove);
        daemon.close();
    }

    private static void remove(String pod) {
        try {
            daemon.ctl("pod", "rm", "-f", "-v", pod);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String example(String name) {
        return EXAMPLES.resolve(name).toString();
    }

    /** The file of an example in which a text stands for another. */
    private static String changed(String name, String... replacements) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(name));
        for (int i = 0; i < replacements.length; i += 2) {
            assertThat(text).contains(replacements[i]);
            text = text.replace(replacements[i], replacements[i + 1]);
        }
        Path file = daemon.directory.resolve(name);
        Files.writeString(file, text);
        Files.copy(
                EXAMPLES.resolve("greeting.txt"),
                daemon.directory.resolve("greeting.txt"),
                StandardCopyOption.REPLACE_EXISTING);
        return file.toString();
    }

    private static Result attached(String file) throws InterruptedException {
        return daemon.ctl("pod", "run", "--podfile", file, "--attach", "--rm");
    }

    private static void assertNothingIsLeft(String pod) throws Exception {
        assertThat(daemon.ctl("pod", "ls", "--format", "{{.Name}}").ok()).doesNotContain(pod);
        assertThat(daemon.ctl("ps", "-a", "--pod", pod, "-q").ok()).isEmpty();
        assertThat(daemon.ctl("volume", "ls", "-q").ok()).doesNotContain(pod);
    }

    @Tag("every-hypervisor-long")
    @Test
    void containers_share_a_volume() throws Exception {
        daemon.ctl("pod", "run", "--podfile", example("shared-volume.yaml")).ok();
        try (var logs = daemon.spawn("logs", "-f", "reader")) {
            logs.awaitOutput("hello from shared-volume writer");
        }
        assertThat(daemon.ctl("volume", "ls", "-q").ok()).isEqualTo("shared-volume-data\n");
        assertThat(daemon.ctl("exec", "reader", "touch", "/srv/x").exit()).isEqualTo(1);
        assertThat(daemon.ctl("ps", "--pod", "shared-volume", "--format", "{{.Names}}").ok())
                .isEqualTo("reader\nwriter\n");

        daemon.ctl("pod", "stop", "-t", "0", "shared-volume").ok();
        daemon.ctl("pod", "start", "shared-volume").ok();
        assertThat(daemon.ctl("exec", "writer", "cat", "/data/greeting").ok())
                .isEqualTo("hello from shared-volume writer\n");
        daemon.ctl("pod", "rm", "-f", "-v", "shared-volume").ok();
        assertNothingIsLeft("shared-volume");
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_volume_of_the_storage_driver_is_an_ext4_of_its_own() throws Exception {
        assertThat(attached(example("simple-volume.json")).ok()).isEqualTo("/data ext4\nkept\n");
        assertNothingIsLeft("simple-volume");
    }

    @Test
    void a_folder_of_the_host_is_shared() throws Exception {
        Path folder = Files.createDirectory(daemon.directory.resolve("shared"));
        Files.writeString(folder.resolve("seen"), "");

        var result = attached(changed("host-folder.yaml", "/usr/share", folder.toString()));

        assertThat(result.ok()).isEqualTo("seen\nnothing can be written\n");
    }

    @Test
    void files_come_from_everywhere() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/greeting.txt",
                exchange -> {
                    byte[] body = Files.readAllBytes(EXAMPLES.resolve("greeting.txt"));
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            String file =
                    changed(
                            "insert-file.yaml",
                            "127.0.0.1:8000/",
                            "127.0.0.1:" + server.getAddress().getPort() + "/");

            var lines = attached(file).ok().lines().toList();

            assertThat(lines.subList(0, 4))
                    .containsExactly(
                            "from-client 755 0 0",
                            "from-web 644 0 0",
                            "raw 755 0 0",
                            "secret 400 1000 1001");
            assertThat(lines.get(4).split(" +")[0]).isEqualTo(lines.get(5).split(" +")[0]);
            assertThat(lines.subList(6, 8)).containsExactly("open sesame", "written here");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_file_that_cannot_be_had_leaves_nothing() throws Exception {
        int port = freePort();

        var result =
                attached(
                        changed(
                                "insert-file.yaml",
                                "127.0.0.1:8000/",
                                "127.0.0.1:" + port + "/",
                                "file:greeting.txt",
                                "file:///no/such/file"));

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("hyperctl: " + daemon.directory))
                .anyMatch(line -> line.contains(": files[0].uri: cannot get http://127.0.0.1:"))
                .anyMatch(line -> line.contains(": files[1].uri: cannot read /no/such/file"));
        assertNothingIsLeft("insert-file");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String page(int port) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Tag("every-hypervisor-long")
    @Test
    void ports_are_published_and_changed_at_run_time() throws Exception {
        int first = freePort();
        String file =
                changed(
                        "port-mapping.yaml",
                        "{hostPort: 8080,",
                        "{hostPort: " + first + ",",
                        "hostPort: 8081-8082",
                        "hostPort: ''");
        daemon.ctl("pod", "run", "--podfile", file).ok();
        awaitListener("port-mapping-web", "0050");

        assertThat(page(first)).isEqualTo("hello from port 80\n");
        assertThat(daemon.ctl("ports", "ls", "port-mapping").ok())
                .contains("0.0.0.0:" + first)
                .hasLineCount(4);
        String added = daemon.ctl("ports", "add", "port-mapping", "-p", "127.0.0.1::80").ok();
        int second = Integer.parseInt(added.split(":")[1]);
        assertThat(page(second)).isEqualTo("hello from port 80\n");
        daemon.ctl("ports", "delete", "port-mapping", "-p", first + ":80").ok();
        try (var free = new ServerSocket(first)) {
            assertThat(free.isBound()).isTrue();
        }
        assertThat(page(second)).isEqualTo("hello from port 80\n");
        daemon.ctl("pod", "rm", "-f", "port-mapping").ok();
    }

    private static void awaitListener(String container, String port) throws InterruptedException {
        daemon.ctl(
                        "exec",
                        container,
                        "sh",
                        "-c",
                        "until cat /proc/net/tcp /proc/net/tcp6 | grep -q ':"
                                + port
                                + " '; do sleep 0.05; done")
                .ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_service_spreads_connections_and_can_be_changed() throws Exception {
        daemon.ctl("pod", "run", "--podfile", example("service.yaml")).ok();
        awaitListener("one", "1F91");
        awaitListener("two", "1F92");
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            answers.add(ask());
        }
        assertThat(answers).containsExactlyInAnyOrder("one", "two");

        daemon.ctl("service", "add", "--replace", "service", "10.254.0.24:80=127.0.0.1:8082").ok();
        assertThat(daemon.ctl("service", "ls", "service").ok()).contains("127.0.0.1:8082");
        for (int i = 0; i < 3; i++) {
            assertThat(ask()).isEqualTo("two");
        }
        daemon.ctl("service", "rm", "service", "10.254.0.24:80").ok();
        assertThat(daemon.ctl("service", "ls", "service").ok()).hasLineCount(1);
        daemon.ctl("pod", "rm", "-f", "service").ok();
    }

    private static String ask() throws InterruptedException {
        String script = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc 10.254.0.24 80 | tail -n 1";
        return daemon.ctl("exec", "client", "sh", "-c", script).ok().strip();
    }

    @Test
    void the_user_is_another_with_further_groups() throws Exception {
        assertThat(attached(example("user-override.yaml")).ok())
                .matches("uid=1000 gid=1001 groups=([0-9]+,)?5\\(tty\\),100\\(users\\)[^\n]*\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_root_can_be_read_only() throws Exception {
        assertThat(attached(example("read-only.yaml")).ok())
                .isEqualTo("the root is read-only\nthe volume is not\n");
    }

    @Test
    void files_get_into_a_root_that_can_only_be_read() throws Exception {
        String file =
                changed(
                        "read-only.yaml",
                        "    readOnly: true\n",
                        "    readOnly: true\n    files: [{path: /etc/motd, detail: {content: hi}}]\n",
                        "'touch /file",
                        "'cat /etc/motd; touch /file");

        assertThat(attached(file).ok()).isEqualTo("hithe root is read-only\nthe volume is not\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void the_host_name_is_the_pods() throws Exception {
        assertThat(attached(example("hostname.yaml")).ok()).isEqualTo("db.example\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void containers_are_limited_checked_and_restarted() throws Exception {
        daemon.ctl("pod", "run", "--podfile", example("supervised.yaml")).ok();

        assertThat(
                        daemon.ctl(
                                        "exec",
                                        "steady",
                                        "sh",
                                        "-c",
                                        "cd /sys/fs/cgroup; cat memory.max pids.max cpu.max; ulimit -n")
                                .ok())
                .isEqualTo("67108864\n50\n50000 100000\n64\n");
        awaitInspection("steady", "{{.State.Health.Status}}", "healthy");
        awaitInspection("flaky", "{{.RestartCount}} {{.State.Status}}", "2 exited");
        assertThat(daemon.ctl("logs", "flaky").ok()).isEqualTo("up\nup\nup\n");
        assertThat(daemon.ctl("inspect", "--format", "{{.State.ExitCode}}", "flaky").ok())
                .isEqualTo("3\n");
        daemon.ctl("pod", "rm", "-f", "supervised").ok();
    }

    private static void awaitInspection(String container, String format, String expected)
            throws Exception {
        Await.text(
                () -> daemon.ctl("inspect", "--format", format, container).ok(), expected + "\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_container_comes_later_and_shares_all_but_its_limits() throws Exception {
        daemon.ctl("pod", "run", "--name", "late", "--hostname", "latecomers").ok();

        var result =
                daemon.ctl(
                        "run",
                        "--rm",
                        "--pod",
                        "late",
                        "-m",
                        "32m",
                        "--pids-limit",
                        "20",
                        "busybox",
                        "sh",
                        "-c",
                        "hostname; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max");

        assertThat(result.ok()).isEqualTo("latecomers\n33554432\n20\n");
        assertThat(daemon.ctl("run", "--rm", "--pod", "late", "-p", "80", "busybox").exit())
                .isEqualTo(125);
        daemon.ctl("pod", "rm", "-f", "late").ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod create", "pod run", "create", "run"})
    void a_wrong_file_is_told_by_paths_and_makes_nothing(String command) throws Exception {
        Path file = daemon.directory.resolve("wrong.yaml");
        Files.writeString(
                file,
                """
                id: wrong
                volumes: [{name: v, format: qcow2, source: /x}]
                containers:
                - {image: busybox, volumes: [{path: data, volume: w}]}
                - {image: busybox, comand: [ls]}
                """);

        var result = daemon.ctl((command + " --podfile " + file).split(" "));

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err().lines().map(l -> l.substring(l.indexOf(".yaml: ") + 7)))
                .containsExactly(
                        "volumes[0].format: 'qcow2' is not supported: a volume is made by the"
                                + " storage driver (leave source out) or is a folder of the host"
                                + " (format vfs)",
                        "containers[0].volumes[0].path: 'data' is not an absolute path",
                        "containers[0].volumes[0].volume: the pod has no volume 'w'",
                        "containers[1].comand: unknown field (did you mean command?)");
        assertNothingIsLeft("wrong");
    }
}
