// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers whose machines are cloned from a template are as different as those that are booted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClonesTest {
    private static final int CLONES = 20;
    private static final int RANDOM = 65536;

    /** 48 bytes of PKCS #8 in base64. */
    private static final int ED25519_KEY = 64;

    private Daemon daemon;

    @BeforeAll
    void makeATemplate(@TempDir Path work) throws Exception {
        daemon = Daemon.start();
        daemon.ctl("load", "-q", "-i", imageWithOpenssl(work).toString()).ok();
        daemon.ctl("run", "--rm", "busybox", "true").ok();
        daemon.awaitTemplate();
        assertThat(daemon.files("templates")).anyMatch(f -> f.endsWith("state/memory"));
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    /** Nothing but the program and what it is linked with, beside a busybox. */
    private static Path imageWithOpenssl(Path work) throws Exception {
        Path tree = Files.createDirectories(work.resolve("tree"));
        sh(
                tree,
                "mkdir -p bin tmp; cp /bin/busybox bin/; for a in sh cat head base64 tr date; do ln -s"
                        + " busybox bin/$a; done; cp /usr/bin/openssl bin/; ldd /usr/bin/openssl |"
                        + " grep -o '/[^ ]*' | while read l; do mkdir -p .$(dirname $l); cp -L $l .$l;"
                        + " done; tar -cf ../layer.tar .");
        return new ImageArchive("tls:latest")
                .layer(work.resolve("layer.tar"))
                .config("Env", List.of("PATH=/bin"))
                .write(work.resolve("image.tar"));
    }

    private static void sh(Path folder, String script) throws Exception {
        Process shell =
                new ProcessBuilder("sh", "-ec", script)
                        .directory(folder.toFile())
                        .inheritIO()
                        .start();
        assertThat(shell.waitFor()).isZero();
    }

    /**
     * What a container saw, and the private key that it made.
     *
     * @param asked when it was started
     */
    private record Seen(
            Instant asked, String boot, String mac, String clock, String key, byte[] random) {}

    private Seen look() throws Exception {
        Instant asked = Instant.now();
        List<String> lines =
                daemon.ctl(
                                "run",
                                "--rm",
                                "tls",
                                "sh",
                                "-c",
                                "cat /proc/sys/kernel/random/boot_id /sys/class/net/eth0/address;"
                                        + " date +%s; openssl genpkey -algorithm ed25519 -outform"
                                        + " DER | base64 | tr -d '\\n'; echo; head -c "
                                        + RANDOM
                                        + " /dev/urandom | base64 | tr -d '\\n'; echo")
                        .ok()
                        .lines()
                        .toList();
        return new Seen(
                asked,
                lines.get(0),
                lines.get(1),
                lines.get(2),
                lines.get(3),
                Base64.getDecoder().decode(lines.get(4)));
    }

    @Test
    void no_two_clones_have_a_name_or_a_random_number_in_common() throws Exception {
        List<Seen> all = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Seen> look = this::look;
            List<Future<Seen>> under = new ArrayList<>();
            for (int i = 0; i < CLONES; i++) {
                under.add(clients.submit(look));
                if (i % 4 == 3) {
                    for (Future<Seen> each : under) {
                        all.add(each.get());
                    }
                    under.clear();
                }
            }
        }
        assertThat(all).hasSize(CLONES);
        assertThat(all.stream().map(Seen::boot).distinct()).hasSize(CLONES);
        assertThat(all.stream().map(Seen::mac).distinct()).hasSize(CLONES);
        assertThat(all.stream().map(Seen::key).distinct()).hasSize(CLONES);
        assertThat(all).allMatch(s -> s.key().length() == ED25519_KEY);
        assertThat(all).noneMatch(s -> s.mac().startsWith("02:00:00:00:00"));
        Set<ByteBuffer> blocks = new HashSet<>();
        for (Seen one : all) {
            assertThat(one.random()).hasSize(RANDOM);
            for (int at = 0; at < RANDOM; at += 16) {
                assertThat(blocks.add(ByteBuffer.wrap(one.random(), at, 16))).isTrue();
            }
            // A clock that was not set shows when the template was saved.
            assertThat(Long.parseLong(one.clock()))
                    .isGreaterThanOrEqualTo(one.asked().getEpochSecond());
        }
        assertThat(daemon.files("templates").stream().filter(f -> f.endsWith("state/memory")))
                .hasSize(1);
    }

    @Test
    void a_machine_that_waits_is_used_and_replaced() throws Exception {
        daemon.ctl("run", "--rm", "busybox", "true").ok();
        daemon.awaitSpare();
        List<String> waiting =
                daemon.files("spares").stream().filter(f -> !f.contains("/")).toList();
        assertThat(waiting).isNotEmpty();

        var started =
                daemon.ctl(
                        "run",
                        "-d",
                        "--timing",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "httpd",
                        "-f",
                        "-h",
                        "/etc");
        String id = started.ok().strip();
        assertThat(started.err()).contains("spare");
        assertThat(daemon.problems()).isBlank();
        String published = daemon.ctl("port", id, "80").ok().strip();
        int port = Integer.parseInt(published.substring(published.lastIndexOf(':') + 1));
        WebClients.awaitAnswer(port, "/hostname");
        daemon.crash();
        daemon.launch();
        assertThat(daemon.ctl("exec", id, "echo", "still here").ok()).isEqualTo("still here\n");
        while (!daemon.files("spares").isEmpty()) {
            Thread.sleep(20);
        }
        assertThat(machines()).isOne();
        daemon.ctl("rm", "-f", id).ok();
        assertThat(machines()).isZero();
    }

    /** Others work for a daemon too: storage makes an empty file system when it begins. */
    private long machines() {
        return daemon.processes().stream().filter(p -> p.contains("qemu-system")).count();
    }

    @Test
    void those_that_wait_end_with_the_daemon() throws Exception {
        daemon.ctl("run", "--rm", "busybox", "true").ok();
        daemon.awaitSpare();
        assertThat(machines()).isPositive();

        daemon.terminate();

        assertThat(machines()).isZero();
        assertThat(daemon.files("spares")).isEmpty();
        daemon.launch();
    }

    @Test
    void a_damaged_template_stops_nobody() throws Exception {
        String memory =
                daemon.files("templates").stream()
                        .filter(f -> f.endsWith("state/devices"))
                        .findFirst()
                        .orElseThrow();
        daemon.terminate();
        Files.writeString(daemon.root.resolve("templates").resolve(memory), "no");
        daemon.launch();

        assertThat(daemon.ctl("run", "--rm", "busybox", "echo", "here").ok()).isEqualTo("here\n");
        daemon.awaitTemplate();
        assertThat(daemon.ctl("run", "--rm", "busybox", "echo", "again").ok()).isEqualTo("again\n");
    }
}
