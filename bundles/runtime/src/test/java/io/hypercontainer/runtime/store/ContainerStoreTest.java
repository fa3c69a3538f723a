// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.spec.MachineSize;
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
                        new Phase.Running(NOW),
                        new Phase.Exited(NOW, new ExitStatus(0, 9, true, NOW), "why"),
                        new Phase.Removing(true));
        for (int i = 0; i < phases.size(); i++) {
            store.create(record("%064x".formatted(i)).in(phases.get(i)));
        }
        ContainerStore.Contents contents = store.load();
        assertThat(contents.problems()).isEmpty();
        assertThat(contents.containers()).extracting(ContainerRecord::phase).isEqualTo(phases);
        assertThat(contents.containers().getFirst())
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

        ContainerStore.Contents contents = store.load();
        assertThat(contents.containers())
                .extracting(ContainerRecord::id)
                .containsOnly("b".repeat(64));
        assertThat(contents.problems()).singleElement().asString().contains("is damaged");
        assertThat(file.resolveSibling("container.json.damaged-20261124T100000Z")).exists();

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
        assertThat(store.load().containers()).hasSize(1);
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
        assertThat(store.load().containers()).isEmpty();
    }

    @Test
    void remembersWhatARunningContainerHolds() throws Exception {
        String id = "a".repeat(64);
        store.create(record(id));
        RunRecord run =
                new RunRecord(
                                RunRecord.SCHEMA,
                                "qemu",
                                Optional.of(endpoint(id)),
                                Optional.empty(),
                                new LogPosition(1, 2))
                        .with(
                                new VmRecord(
                                        "v",
                                        "qemu",
                                        Path.of("/x/vms/v"),
                                        new ChannelAddress.UnixSocket(Path.of("/x/vms/v/a.sock")),
                                        Path.of("/x/vms/v/console"),
                                        new Acceleration("tcg", Isolation.EMULATION, "why"),
                                        Map.of("pid", "1")));
        store.saveRun(id, run);
        assertThat(store.run(id)).contains(run);
        Files.write(store.folder(id).resolve("run.json"), new byte[0]);
        assertThat(store.run(id)).isEmpty();
        store.saveRun(id, run);
        store.deleteRun(id);
        assertThat(store.run(id)).isEmpty();
    }

    @Test
    void anInterruptedThreadStillWritesWholeRecords() {
        Thread.currentThread().interrupt();
        store.create(record("a".repeat(64)));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load().containers()).hasSize(1);
    }

    private static Endpoint endpoint(String pod) {
        return new Endpoint(
                pod,
                "user",
                "user",
                "02:00:00:00:00:01",
                List.of("10.0.2.15/24"),
                "10.0.2.2",
                List.of("10.0.2.3"),
                0,
                new NicBackend.UserMode(
                        "10.0.2.0/24",
                        "10.0.2.2",
                        "10.0.2.3",
                        "10.0.2.15",
                        List.of(new Forward("tcp", "0.0.0.0", 8080, 80))),
                List.of(new PortMapping("tcp", "0.0.0.0", 8080, 80)),
                Map.of());
    }

    static ContainerRecord record(String id) {
        return new ContainerRecord(
                ContainerRecord.SCHEMA,
                id,
                "name-" + id.substring(0, 4),
                "busybox",
                "sha256:" + "0".repeat(64),
                NOW,
                new Resolved(
                        List.of("sh"),
                        List.of("A=ä"),
                        "",
                        "/",
                        "host",
                        Map.of("k", "v"),
                        List.of(
                                new Mounted.InVolume("v", "/v", false, true),
                                new Mounted.OfHost("/src", "/dst", true),
                                new Mounted.InMemory("/t", 0, 0755)),
                        List.of(new PortMapping("tcp", "0.0.0.0", 0, 80)),
                        List.of("80/tcp"),
                        "SIGTERM"),
                new ContainerRecord.Options(
                        false, true, false, true, false, Duration.ofSeconds(10)),
                new ContainerRecord.Machine(
                        "qemu",
                        "overlay",
                        "user",
                        "user",
                        new MachineSize(512L << 20, 1.5),
                        false,
                        Optional.empty()),
                new Phase.Created());
    }
}
