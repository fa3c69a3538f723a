// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.runtime.local.LocalDaemon;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state lies on a disk of its own, of 256 blocks; mounting it takes root. */
class FullDiskTest extends LocalDaemonTest {
    private static final int BLOCK = 4096;

    private Path disk;

    @Override
    @BeforeEach
    void startDaemon() {
        disk = root.resolve("disk");
        try {
            Files.createDirectory(disk);
            DoctorTest.mount("-t", "tmpfs", "-o", "size=1m", "none", disk.toString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        root = disk;
        super.startDaemon();
    }

    @AfterEach
    void unmount() throws Exception {
        daemon.close();
        daemon = new LocalDaemon(disk.resolveSibling("other"));
        DoctorTest.umount(disk);
    }

    /** Takes all of the disk but some blocks. */
    private void fill(int blocksLeft) throws IOException {
        Path filler = disk.resolve("filler");
        Files.deleteIfExists(filler);
        try (var file = new RandomAccessFile(filler.toFile(), "rw")) {
            while (true) {
                file.write(new byte[BLOCK]);
            }
        } catch (IOException full) {
            try (var file = new RandomAccessFile(filler.toFile(), "rw")) {
                file.setLength(Math.max(0, file.length() - (long) blocksLeft * BLOCK));
            }
        }
    }

    private void restart() {
        daemon.stop();
        daemon.start();
        daemon.plug();
    }

    @Test
    void howAContainerEndedIsKnownEvenIfThereIsNoRoomToWriteIt() throws Exception {
        String id = run(Specs.sh("read x; exit 7").stdin());
        String running = run(Specs.command("sleep", "1000"));
        fill(0);

        closeInput(id);

        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(7);
        restart();
        assertThat(((ContainerState.Exited) get(id).state()).status().exitCode()).isEqualTo(7);
        try (Attachment exec = daemon.containers().exec(running, Specs.exec("true"))) {
            assertThat(exec.waitFor().exitCode()).isZero();
        }
        assertThat(daemon.runtime().doctor().examine())
                .anyMatch(f -> f.problem().contains("MiB left"))
                .noneMatch(f -> f.garbage());

        // A further start fails, and what is known stays known.
        assertThatThrownBy(() -> daemon.containers().start(id))
                .isInstanceOf(HyperException.class)
                .hasMessageContaining("No space left");
        restart();
        assertThat(((ContainerState.Exited) get(id).state()).status().exitCode()).isEqualTo(7);

        daemon.containers().remove(id, false, true);
        daemon.containers().remove(running, true, true);
        restart();
        assertThat(daemon.containers().list()).isEmpty();
        assertNothingRuns();
    }

    @Test
    void aPodIsStoppedAndRemovedOnAFullDisk() throws Exception {
        ContainerSpec sleeper =
                ContainerSpec.of("host").name("aa").command(List.of("sleep", "1000")).build();
        var pods = daemon.runtime().pods();
        pods.create(
                new PodSpec(
                        Optional.of("pod"),
                        Optional.empty(),
                        Map.of(),
                        MachineSpec.DEFAULT,
                        List.of(),
                        Dns.OF_NETWORK,
                        List.of(),
                        List.of(sleeper)));
        pods.start("pod");
        daemon.containers().start("aa");
        fill(0);

        pods.stop("pod", Optional.of(java.time.Duration.ZERO));

        restart();
        assertThat(daemon.runtime().pods().get("pod").state()).isInstanceOf(PodState.Stopped.class);
        assertThat(((ContainerState.Exited) get("aa").state()).status().exitCode()).isIn(137, 143);
        daemon.runtime().pods().remove("pod", false, true);
        restart();
        assertThat(daemon.containers().list()).isEmpty();
        assertNothingRuns();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16})
    void everythingWorksOrFailsCleanly(int blocks) throws Exception {
        String before = run(Specs.sh("exit 3").name("before"));
        assertThat(daemon.containers().waitFor(before).exitCode()).isEqualTo(3);
        List<Path> clean = files();

        fill(blocks);
        try {
            String id = create(Specs.sh("exit 4").name("new"));
            daemon.containers().start(id);
            assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(4);
            restart();
            assertThat(((ContainerState.Exited) get(id).state()).status().exitCode()).isEqualTo(4);
        } catch (Unavailable e) {
            assertThat(e).hasMessageContaining("No space left").hasMessageContaining("" + disk);
            assertNothingRuns();
        }
        try {
            daemon.containers().remove("new", false, true);
        } catch (NotFound e) {
            assertThat(e).hasMessageContaining("new");
        }
        assertThat(files()).containsExactlyInAnyOrderElementsOf(clean);

        fill(blocks);
        try {
            daemon.containers().start(before);
            daemon.containers().waitFor(before);
        } catch (Unavailable e) {
            assertThat(e).hasMessageContaining("No space left").hasMessageContaining("" + disk);
        }
        restart();
        assertThat(((ContainerState.Exited) get(before).state()).status().exitCode()).isEqualTo(3);
        assertNothingRuns();

        Files.delete(disk.resolve("filler"));
        daemon.containers().start(before);
        assertThat(daemon.containers().waitFor(before).exitCode()).isEqualTo(3);
        assertThat(files()).containsExactlyInAnyOrderElementsOf(clean);
        assertThat(daemon.runtime().doctor().examine())
                .singleElement()
                .matches(f -> f.problem().contains("MiB left"));
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(disk)) {
            return all.filter(p -> !p.endsWith("filler") && !p.endsWith("vms")).toList();
        }
    }
}
