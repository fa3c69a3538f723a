// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.linux.LoopDevices;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host fails the pool. */
@Tag("device-mapper")
class FaultsTest {
    private static final long MIB = Workbench.MIB;

    @TempDir Path folder;
    private Path small;

    @BeforeEach
    void mount() throws IOException {
        small = Files.createDirectory(folder.resolve("small"));
        Workbench.run("mount", "-t", "tmpfs", "-o", "size=64m", "small", small.toString());
    }

    @AfterEach
    void unmount() throws IOException {
        Workbench.run("umount", small.toString());
        Workbench.nothingLeft();
    }

    /** Takes all space of the small disk. */
    private Path fill() throws IOException {
        Path filler = small.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    private static void await(Callable<Boolean> condition) {
        try {
            while (!condition.call()) {
                Thread.sleep(20);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path file(Workbench bench, String volume) {
        return bench.driver().volume(volume).orElseThrow().disk().file();
    }

    @Test
    void a_full_host_makes_writers_wait_and_room_lets_them_go_on() throws Exception {
        try (var bench = new Workbench(small)) {
            bench.driver().createVolume(new VolumeSpec("v", 256 * MIB, java.util.Map.of()));
            Path filler = fill();
            byte[] content = new byte[(int) (40 * MIB)];
            new Random(1).nextBytes(content);
            Path device = file(bench, "v");
            Thread writer =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (var channel =
                                        FileChannel.open(device, StandardOpenOption.WRITE)) {
                                    var bytes = ByteBuffer.wrap(content);
                                    while (bytes.hasRemaining()) {
                                        channel.write(bytes, 64 * MIB + bytes.position());
                                    }
                                    channel.force(true);
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            await(() -> bench.status().mode().equals("out_of_data_space"));
            bench.show("out of space");
            assertThat(bench.driver().census())
                    .anySatisfy(h ->
                            assertThat(h)
                                    .isInstanceOfSatisfying(
                                            Holding.Wrong.class,
                                            w -> assertThat(w.problem()).contains("out of space")));
            assertThat(bench.driver().probe().reasons()).isNotEmpty();
            assertThatThrownBy(() -> bench.take(List.of(), new TestTar().file("a", content)))
                    .isInstanceOf(Unavailable.class);

            Files.delete(filler);
            writer.join();
            bench.show("room again");
            assertThat(bench.status().mode()).isEqualTo("rw");
            var read = ByteBuffer.allocate(content.length);
            try (var channel = FileChannel.open(device, StandardOpenOption.READ)) {
                while (read.hasRemaining()) {
                    channel.read(read, 64 * MIB + read.position());
                }
            }
            assertThat(read.array()).isEqualTo(content);
            await(() -> bench.driver().census().isEmpty());
            bench.driver().removeVolume("v");
        }
    }

    @Test
    void a_layer_that_does_not_fit_leaves_nothing() throws IOException {
        try (var bench = new Workbench(small)) {
            Layer layer = bench.take(List.of(), new TestTar().file("a", "x"));
            long before = bench.status().used();
            byte[] content = new byte[(int) (80 * MIB)];
            new Random(2).nextBytes(content);
            assertThatThrownBy(() -> bench.take(List.of(layer), new TestTar().file("b", content)))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("full");
            assertThat(bench.status().used()).isEqualTo(before);
            assertThat(bench.driver().layers()).containsExactly(layer.diffId());
            assertThat(bench.driver().census()).noneMatch(h -> h instanceof Holding.Left);
        }
    }

    @Test
    void metadata_grow_before_they_run_out() throws IOException {
        var settings =
                new Settings(
                        "",
                        Optional.empty(),
                        64 << 10,
                        2 * MIB,
                        4 * MIB,
                        16 * MIB,
                        false,
                        256 * MIB,
                        256 * MIB);
        try (var bench = new Workbench(folder, settings)) {
            Layer layer = bench.take(List.of(), new TestTar().file("a", "x"));
            long metadata = bench.status().metadata();
            int made = 0;
            while (bench.status().metadata() == metadata) {
                Path root = bench.root("c" + made++, 0, layer);
                try (var channel = FileChannel.open(root, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.allocate(4096), 200 * MIB);
                    channel.force(true);
                }
                assertThat(bench.status().isWritable()).isTrue();
            }
            assertThat(bench.status().metadata()).isGreaterThan(metadata);
            for (String root : bench.driver().roots()) {
                bench.driver().releaseRoot(root);
            }
        }
    }

    /** What a writer was told is on the disk. */
    private record Written(Path device, long offset, ByteBuffer content) {}

    private static ByteBuffer random(int seed) {
        byte[] content = new byte[4096];
        new Random(seed).nextBytes(content);
        return ByteBuffer.wrap(content);
    }

    private static void write(Path device, long offset, ByteBuffer content) throws IOException {
        try (var channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
            channel.write(content, offset);
            channel.force(true);
        }
    }

    /** What devices have, not what the kernel remembers. */
    private static void assertThereIs(List<Written> written) throws IOException {
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1");
        for (Written one : written) {
            var read = ByteBuffer.allocate(4096);
            try (var channel = FileChannel.open(one.device(), StandardOpenOption.READ)) {
                assertThat(channel.read(read, one.offset())).isEqualTo(4096);
            }
            assertThat(read.flip()).isEqualTo(one.content());
        }
    }

    /** Writes a little into each, which is much to be kept in mind, until that fails. */
    private static List<Written> exhaustMetadata(List<Path> devices) {
        List<Written> written = new ArrayList<>();
        for (Path device : devices) {
            ByteBuffer content = random(written.size());
            try {
                write(device, 128 * MIB, content);
            } catch (IOException e) {
                return written;
            }
            written.add(new Written(device, 128 * MIB, content.flip()));
        }
        throw new AssertionError("all of it had room");
    }

    @Test
    void without_room_for_metadata_the_pool_is_read_only_until_there_is() throws Exception {
        var settings =
                new Settings(
                        "",
                        Optional.empty(),
                        64 << 10,
                        2 * MIB,
                        4 * MIB,
                        48 * MIB,
                        false,
                        256 * MIB,
                        256 * MIB);
        try (var bench = new Workbench(small, settings)) {
            Layer layer = bench.take(List.of(), new TestTar().file("a", "x"));
            List<Path> devices = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                devices.add(bench.root("c" + i, 0, layer));
            }
            Path filler = fill();
            List<Written> written = exhaustMetadata(devices);
            bench.show("no room for metadata");
            assertThat(written).hasSizeGreaterThan(64);
            assertThat(bench.status().mode()).isEqualTo("ro");
            assertThat(bench.driver().probe().reasons()).anyMatch(r -> r.contains("read-only"));
            assertThat(bench.driver().census())
                    .anySatisfy(h ->
                            assertThat(h)
                                    .isInstanceOfSatisfying(
                                            Holding.Wrong.class,
                                            w ->
                                                    assertThat(w.problem())
                                                            .contains(
                                                                    "without room for metadata")));
            assertThatThrownBy(() -> bench.root("more", 0, layer))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("read-only without room for metadata");
            assertThereIs(written);
            // Who goes on is told so each time.
            Written last = written.getLast();
            assertThatThrownBy(() -> write(last.device(), last.offset() + MIB, random(-1)))
                    .isInstanceOf(IOException.class);

            Files.delete(filler);
            await(() -> bench.status().isWritable());
            write(last.device(), last.offset() + MIB, random(-1));
            assertThereIs(written);
            await(() ->
                    bench.driver().census().stream().noneMatch(h -> h instanceof Holding.Wrong));
            for (String root : bench.driver().roots()) {
                bench.driver().releaseRoot(root);
            }
        }
    }

    @Test
    void a_lost_file_is_told_and_nothing_new_takes_its_place() throws IOException {
        var bench = new Workbench(small);
        bench.take(List.of(), new TestTar().file("a", "x"));
        bench.close();
        Path data = bench.home.dataFile();
        Path away = small.resolve("away");
        Files.move(data, away);
        try (var next = new Workbench(small)) {
            assertThatThrownBy(() -> next.driver().layers())
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("has lost")
                    .hasMessageContaining(data.toString());
            assertThat(data).doesNotExist();
            Files.move(away, data);
            assertThat(next.driver().layers()).hasSize(1);
        }
    }

    @Test
    void a_file_that_is_removed_under_a_pool_that_works_harms_nobody_yet() throws IOException {
        try (var bench = new Workbench(small)) {
            Layer layer = bench.take(List.of(), new TestTar().file("a", "x"));
            Path kept = small.resolve("kept");
            Files.createLink(kept, bench.home.dataFile());
            Files.delete(bench.home.dataFile());
            Path root = bench.root("one", 0, layer);
            Workbench.mounted(root, top -> assertThat(top.resolve("a")).hasContent("x"));
            Files.move(kept, bench.home.dataFile());
            bench.driver().releaseRoot("one");
        }
    }

    @Test
    void one_pool_has_one_daemon() throws IOException {
        Path data = loop("data", 64);
        Path metadata = loop("metadata", 4);
        var settings =
                Workbench.settings(
                        Optional.of(new Settings.Devices(data.toString(), metadata.toString())));
        try {
            try (var first = new Workbench(folder.resolve("first"), settings)) {
                Layer layer = first.take(List.of(), new TestTar().file("a", "x"));
                try (var second = new Workbench(folder.resolve("second"), settings)) {
                    assertThatThrownBy(() -> second.driver().createVolume(VolumeSpec.of("v")))
                            .isInstanceOf(Unavailable.class)
                            .hasMessageContaining("holds something");
                }
                Workbench same = new Workbench(folder.resolve("first"), settings);
                assertThatThrownBy(() -> same.driver().layers())
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("another daemon");
                assertThat(first.driver().hasLayer(layer)).isTrue();
                assertThat(first.driver().root("none")).isEqualTo(Optional.<Root>empty());
            }
        } finally {
            LoopDevices.detach(data);
            LoopDevices.detach(metadata);
        }
    }

    private Path loop(String name, long mebibytes) throws IOException {
        Path file = folder.resolve(name);
        try (var content = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(mebibytes * MIB);
        }
        return LoopDevices.attach(file);
    }
}
