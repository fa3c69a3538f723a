// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.runtime.spec.MachineSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123456789Z");

    @TempDir Path root;

    private PodStore store;

    @BeforeEach
    void makeStore() {
        store = new PodStore(root, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void givesBackWhatWasWrittenInEveryPhase() {
        List<PodPhase> phases =
                List.of(
                        new PodPhase.Creating(),
                        new PodPhase.Created(),
                        new PodPhase.Running(),
                        new PodPhase.Stopped("why"),
                        new PodPhase.Removing(true));
        for (int i = 0; i < phases.size(); i++) {
            store.create(record("%064x".formatted(i)).in(phases.get(i)));
        }
        RecordStore.Contents<PodRecord> contents = store.load();
        assertThat(contents.problems()).isEmpty();
        assertThat(contents.records()).extracting(PodRecord::phase).isEqualTo(phases);
        assertThat(contents.records().getFirst())
                .isEqualTo(record("%064x".formatted(0)).in(phases.getFirst()));
    }

    @Test
    void remembersWhatARunningPodHolds() throws Exception {
        String id = "a".repeat(64);
        store.create(record(id));
        MachineRecord run =
                new MachineRecord(
                                MachineRecord.SCHEMA,
                                "qemu",
                                NOW,
                                Optional.of(endpoint(id)),
                                Optional.empty(),
                                Wiring.NONE
                                        .container(id)
                                        .volume("v")
                                        .share("ro /x")
                                        .changing(Optional.of(id)))
                        .with(
                                new VmRecord(
                                        "v",
                                        "qemu",
                                        Path.of("/x/vms/v"),
                                        new ChannelAddress.UnixSocket(Path.of("/x/vms/v/a.sock")),
                                        Path.of("/x/vms/v/console"),
                                        new Acceleration("tcg", Isolation.EMULATION, "why"),
                                        Map.of("pid", "1")));
        store.saveMachine(id, run);
        List<RecordStore.Problem> problems = new ArrayList<>();
        assertThat(store.machine(id, problems::add)).contains(run);
        // As a crash of the host leaves it.
        Files.write(store.folder(id).resolve("machine.json"), new byte[0]);
        assertThat(store.machine(id, problems::add)).isEmpty();
        store.saveMachine(id, run);
        store.deleteMachine(id);
        assertThat(store.machine(id, problems::add)).isEmpty();
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "x", "{\"schema\":9}"})
    void aDamagedMachineIsSetAside(String content) throws Exception {
        String id = "a".repeat(64);
        store.create(record(id));
        Path file = store.folder(id).resolve("machine.json");
        Files.writeString(file, content);
        List<RecordStore.Problem> problems = new ArrayList<>();

        assertThat(store.machine(id, problems::add)).isEmpty();

        assertThat(file).doesNotExist();
        assertThat(problems)
                .singleElement()
                .satisfies(p -> assertThat(p.path()).hasContent(content));
        assertThat(store.load().records()).hasSize(1);
    }

    @Test
    void aNumberIsNeverUsedTwice() {
        Wiring wiring = Wiring.NONE.container("a").volume("v").container("b");
        Wiring later = wiring.without("a", List.of("v"), List.of()).container("c").container("c");
        assertThat(later.containers()).containsEntry("b", 2).containsEntry("c", 3).hasSize(2);
        assertThat(later.volumes()).isEmpty();
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

    private static PodRecord record(String id) {
        return new PodRecord(
                PodRecord.SCHEMA,
                id,
                "web",
                NOW,
                "host",
                Map.of("k", "v"),
                new PodRecord.Machine(
                        "qemu",
                        "overlay",
                        "user",
                        "user",
                        new MachineSize(512L << 20, 1.5),
                        false,
                        Optional.of("emulation")),
                List.of(new PortMapping("tcp", "0.0.0.0", 0, 80)),
                Dns.OF_NETWORK,
                List.of(
                        new Service(
                                "10.9.0.1",
                                80,
                                "tcp",
                                List.of(new Service.Backend("10.0.2.15", 8080)))),
                false,
                new PodPhase.Created());
    }
}
