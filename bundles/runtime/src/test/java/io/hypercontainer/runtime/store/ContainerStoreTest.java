// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123456789Z");

    @TempDir Path root;

    private ContainerStore store;

    @BeforeEach
    void makeStore() {
        store = new ContainerStore(root, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void givesBackWhatWasWrittenInEveryPhase() {
        List<Phase> phases =
                List.of(
                        new Phase.Creating(),
                        new Phase.Created(),
                        new Phase.Running(NOW, new LogPosition(1, 2)),
                        new Phase.Exited(NOW, new ExitStatus(0, 9, true, NOW), "why"),
                        new Phase.Removing(true));
        for (int i = 0; i < phases.size(); i++) {
            store.create(record("%064x".formatted(i)).in(phases.get(i)));
        }
        RecordStore.Contents<ContainerRecord> contents = store.load();
        assertThat(contents.problems()).isEmpty();
        assertThat(contents.records()).extracting(ContainerRecord::phase).isEqualTo(phases);
        assertThat(contents.records().getFirst())
                .isEqualTo(record("%064x".formatted(0)).in(phases.getFirst()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 1000, -1})
    void setsADamagedRecordAsideAndLosesNothingElse(int keptBytes) throws Exception {
        store.create(record("a".repeat(64)));
        store.create(record("b".repeat(64)));
        Path file = store.folder("a".repeat(64)).resolve("container.json");
        byte[] content = Files.readAllBytes(file);
        Files.write(
                file,
                java.util.Arrays.copyOf(content, keptBytes < 0 ? content.length - 2 : keptBytes));

        RecordStore.Contents<ContainerRecord> contents = store.load();
        assertThat(contents.records()).extracting(ContainerRecord::id).containsOnly("b".repeat(64));
        assertThat(contents.problems()).singleElement().asString().contains("is damaged");
        assertThat(file.resolveSibling("container.json.damaged-20261124T100000.123Z")).exists();

        assertThat(store.load().problems()).singleElement().asString().contains("repair it");
    }

    @Test
    void aRecordWithoutAnImportantMemberIsDamaged() throws Exception {
        store.create(record("a".repeat(64)));
        Path file = store.folder("a".repeat(64)).resolve("container.json");
        Files.writeString(file, Files.readString(file).replace("\"args\"", "\"argz\""));
        assertThat(store.load().problems()).singleElement().asString().contains("damaged");
    }

    @Test
    void leavesRecordsOfANewerVersionAlone() throws Exception {
        store.create(record("a".repeat(64)));
        Path file = store.folder("a".repeat(64)).resolve("container.json");
        String newer = Files.readString(file).replaceFirst("\"schema\" : 1", "\"schema\" : 2");
        Files.writeString(file, newer);
        assertThat(store.load().problems()).singleElement().asString().contains("newer version");
        assertThat(file).hasContent(newer);
    }

    @Test
    void removesWhatAWriteThatWasCutOffLeft() throws Exception {
        store.create(record("a".repeat(64)));
        Path unfinished = store.folder("a".repeat(64)).resolve("container.json.tmp");
        Files.writeString(unfinished, "{");
        Files.createDirectory(store.folder("b".repeat(64)));
        assertThat(store.load().records()).hasSize(1);
        assertThat(unfinished).doesNotExist();
        assertThat(store.folder("b".repeat(64))).doesNotExist();
    }

    @Test
    void deletesAllOfAContainer() throws Exception {
        String id = "a".repeat(64);
        store.create(record(id));
        Files.writeString(store.folder(id).resolve(id + "-json.log"), "{}");
        store.delete(id);
        store.delete(id);
        assertThat(store.folder(id)).doesNotExist();
        assertThat(store.load().records()).isEmpty();
    }

    @Test
    void anInterruptedThreadStillWritesWholeRecords() {
        Thread.currentThread().interrupt();
        store.create(record("a".repeat(64)));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load().records()).hasSize(1);
    }

    @Test
    void readsWhatWasWrittenBeforeThereWereRestartPolicies() throws Exception {
        ContainerRecord record = record("a".repeat(64));
        store.create(record);
        Path file = store.folder(record.id()).resolve("container.json");
        String content = Files.readString(file);
        String old =
                content.replaceFirst("(?s)\"supervision\" : .*?\"stopped\" : true\\s*},", "")
                        .replaceFirst("\"entrypointWords\" : 0,", "");
        assertThat(old).isNotEqualTo(content).doesNotContain("policy");
        Files.writeString(file, old);
        assertThat(store.load().records()).containsExactly(record.supervised(Supervision.NONE));
    }

    @Test
    void keepsThatAContainerWaitsForItsRestart() {
        Phase phase =
                new Phase.Restarting(NOW, new ExitStatus(7, 0, true, NOW.plusSeconds(1)), "why");
        ContainerRecord record = record("a".repeat(64)).in(phase);
        store.create(record);
        assertThat(store.load().records()).containsExactly(record);
    }

    static ContainerRecord record(String id) {
        return new ContainerRecord(
                ContainerRecord.SCHEMA,
                id,
                "name-" + id.substring(0, 4),
                "busybox",
                "sha256:" + "0".repeat(64),
                NOW,
                id,
                "overlay",
                new Resolved(
                        List.of("sh"),
                        0,
                        List.of("A=ä"),
                        "",
                        "/",
                        Map.of("k", "v"),
                        List.of(
                                new Mounted.InVolume("v", "/v", false, true, false),
                                new Mounted.OfHost("/src", "/dst", true),
                                new Mounted.InMemory("/t", 0, 0755, TmpfsOptions.DEFAULT)),
                        List.of("80/tcp"),
                        "SIGTERM",
                        List.of("audio"),
                        Map.of("net.core.somaxconn", "512"),
                        List.of(new Ulimit("nofile", 10, -1))),
                new ContainerRecord.Options(
                        false,
                        true,
                        false,
                        true,
                        false,
                        Duration.ofSeconds(10),
                        Limits.NONE,
                        LogSpec.DEFAULT),
                new Supervision(
                        new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3),
                        Optional.of(
                                new HealthCheck(
                                        List.of("true"),
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(3),
                                        Duration.ZERO,
                                        3)),
                        2,
                        true),
                new Phase.Created());
    }
}
