// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
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

/**
 * Containers whose machines are cloned from a template are as different as those that are booted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClonesTest {
    private static final int CLONES = 20;
    private static final int RANDOM = 65536;

    private Daemon daemon;

    @BeforeAll
    void makeATemplate() throws Exception {
        daemon = Daemon.start();
        daemon.ctl("run", "--rm", "busybox", "true").ok();
        daemon.awaitTemplate();
        assertThat(daemon.files("templates")).anyMatch(f -> f.endsWith("state/memory"));
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    /**
     * What a container saw.
     *
     * @param asked when it was started
     */
    private record Seen(Instant asked, String boot, String mac, String clock, byte[] random) {}

    private Seen look() throws Exception {
        Instant asked = Instant.now();
        List<String> lines =
                daemon.ctl(
                                "run",
                                "--rm",
                                "busybox",
                                "sh",
                                "-c",
                                "cat /proc/sys/kernel/random/boot_id /sys/class/net/eth0/address;"
                                        + " date +%s; head -c "
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
                Base64.getDecoder().decode(lines.get(3)));
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
