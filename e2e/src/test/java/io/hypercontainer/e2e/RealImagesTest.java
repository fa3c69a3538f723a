// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers out of a Debian root file system, made by mmdebstrap. */
class RealImagesTest {
    private static Daemon daemon;
    private static Path work;

    @BeforeAll
    static void start() throws Exception {
        work = Files.createTempDirectory("hyper-debian");
        var tar = work.resolve("debian.tar");
        var make =
                new Command(
                        Map.of(),
                        work,
                        List.of(
                                "mmdebstrap",
                                "--variant=apt",
                                "--quiet",
                                "--include=nginx-light,redis-server,postgresql,procps,python3-minimal",
                                "--dpkgopt=path-exclude=/usr/share/doc/*",
                                "--dpkgopt=path-exclude=/usr/share/man/*",
                                "bookworm",
                                tar.toString()));
        try (make) {
            make.stdin().close();
            make.await().ok();
        }
        daemon = Daemon.start();
        var archive =
                new ImageArchive("debian")
                        .layer(tar)
                        .config("Cmd", List.of("bash"))
                        .config(
                                "Env",
                                List.of(
                                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
                        .write(work.resolve("image.tar"));
        Files.delete(tar);
        daemon.ctl("load", "-i", archive.toString()).ok();
        Files.delete(archive);
    }

    @AfterAll
    static void stop() throws IOException {
        if (daemon != null) {
            daemon.close();
        }
        Daemon.delete(work);
    }

    @Test
    void nginx_serves_pages_through_a_published_port() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "web",
                        "-p",
                        "127.0.0.1::80",
                        "debian",
                        "sh",
                        "-c",
                        "echo '<p>from a virtual machine</p>' >/var/www/html/index.html; exec nginx -g 'daemon off; error_log /dev/stderr;'")
                .ok();
        awaitListening("web", 80);
        var port = daemon.ctl("port", "web", "80/tcp").ok().strip();

        try (var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 50; i++) {
                var page =
                        client.send(
                                HttpRequest.newBuilder(URI.create("http://" + port + "/")).build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(page.statusCode()).isEqualTo(200);
                assertThat(page.body()).isEqualTo("<p>from a virtual machine</p>\n");
            }
        }
        assertThat(daemon.ctl("exec", "web", "sh", "-c", "ps -o user= -C nginx | sort -u").ok())
                .isEqualTo("root\nwww-data\n");
        daemon.ctl("rm", "-f", "web").ok();
    }

    @Test
    void redis_runs_as_its_user_and_keeps_its_data_in_a_volume() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "cache",
                        "-u",
                        "redis",
                        "-v",
                        "cache-data:/var/lib/redis",
                        "debian",
                        "redis-server",
                        "--dir",
                        "/var/lib/redis",
                        "--appendonly",
                        "yes",
                        "--bind",
                        "127.0.0.1")
                .ok();
        awaitListening("cache", 6379);
        daemon.ctl("exec", "cache", "redis-cli", "set", "key", "kept").ok();
        assertThat(
                        daemon.ctl(
                                        "exec",
                                        "-u",
                                        "0",
                                        "cache",
                                        "ps",
                                        "-o",
                                        "user=",
                                        "-C",
                                        "redis-server")
                                .ok())
                .isEqualTo("redis\n");
        daemon.ctl("stop", "cache").ok();
        daemon.ctl("rm", "cache").ok();

        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "cache2",
                        "-u",
                        "redis",
                        "-v",
                        "cache-data:/var/lib/redis",
                        "debian",
                        "redis-server",
                        "--dir",
                        "/var/lib/redis",
                        "--appendonly",
                        "yes")
                .ok();
        awaitListening("cache2", 6379);

        assertThat(daemon.ctl("exec", "cache2", "redis-cli", "get", "key").ok())
                .isEqualTo("kept\n");
        daemon.ctl("rm", "-f", "cache2").ok();
        daemon.ctl("volume", "rm", "cache-data").ok();
    }

    @Test
    void postgresql_answers_queries_and_survives_a_stop() throws Exception {
        daemon.ctl(
                        "create",
                        "--name",
                        "db",
                        "-u",
                        "postgres",
                        "--memory",
                        "512m",
                        "--stop-signal",
                        "INT",
                        "debian",
                        "sh",
                        "-c",
                        "exec /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf -c unix_socket_directories=/tmp")
                .ok();
        daemon.ctl("start", "db").ok();
        awaitListening("db", 5432);
        sql("create table t (v text)");
        sql("insert into t select 'row ' || generate_series(1, 1000)");

        daemon.ctl("stop", "-t", "60", "db").ok();
        daemon.ctl("start", "db").ok();
        awaitListening("db", 5432);

        assertThat(sql("select count(*) from t").strip()).isEqualTo("1000");
        daemon.ctl("rm", "-f", "db").ok();
    }

    @Test
    void python_computes_and_reads_standard_input() throws Exception {
        var result =
                daemon.ctl(
                        "print(sum(range(10**6)))".getBytes(StandardCharsets.UTF_8),
                        "run",
                        "-i",
                        "--rm",
                        "debian",
                        "python3",
                        "-");

        assertThat(result.ok()).isEqualTo("499999500000\n");
    }

    @Test
    void packages_can_be_changed_inside() throws Exception {
        var result =
                daemon.ctl(
                        "run",
                        "--rm",
                        "debian",
                        "sh",
                        "-c",
                        "dpkg --purge nginx-light >/dev/null 2>&1; dpkg -s nginx-light 2>&1 | head -1; ls /var/lib/dpkg | wc -l");

        assertThat(result.ok()).startsWith("dpkg-query: package 'nginx-light' is not installed");
    }

    private static String sql(String query) throws Exception {
        return daemon.ctl(
                        "exec",
                        "-u",
                        "postgres",
                        "db",
                        "psql",
                        "-h",
                        "/tmp",
                        "-Atc",
                        query,
                        "postgres")
                .ok();
    }

    /** Blocks, inside the container, until something listens on a port. */
    private static void awaitListening(String container, int port) throws Exception {
        var hex = "%04X".formatted(port);
        var script =
                "i=0; until grep -qs ':"
                        + hex
                        + " 0*:0000 0A' /proc/net/tcp /proc/net/tcp6; do i=$((i+1)); [ $i -lt 600 ] || exit 1; sleep 0.1; done";
        var result = daemon.ctl("exec", "-u", "0", container, "sh", "-c", script);
        assertThat(result.exit()).as(() -> result + "\n" + logs(container)).isZero();
    }

    private static String logs(String container) {
        try {
            return daemon.ctl("logs", container).toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
