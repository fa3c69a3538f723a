// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.linux.DeviceMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("device-mapper")
class DmDriverTest {
    private static final long MIB = Workbench.MIB;

    @TempDir Path folder;
    private Workbench bench;

    @BeforeEach
    void open() {
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
        Workbench.nothingLeft();
    }

    private Layer base() {
        byte[] content = new byte[(int) (4 * MIB)];
        new Random(1).nextBytes(content);
        return bench.take(
                List.of(),
                new TestTar().file("etc/name", "base").file("big", content).file("gone", "x"));
    }

    @Test
    void a_root_is_what_its_layers_make_it_and_shares_their_blocks() throws IOException {
        Layer base = base();
        Layer upper =
                bench.take(
                        List.of(base),
                        new TestTar().file(".wh.gone", "").file("etc/name", "upper"));
        long before = bench.status().used();
        Path one = bench.root("one", 0, base, upper);
        Path two = bench.root("two", 0, base, upper);
        bench.show("two containers");
        assertThat(bench.status().used()).isEqualTo(before);

        Workbench.mounted(
                one,
                top -> {
                    assertThat(top.resolve("etc/name")).hasContent("upper");
                    assertThat(top.resolve("gone")).doesNotExist();
                    assertThat(Files.size(top.resolve("big"))).isEqualTo(4 * MIB);
                    Files.writeString(top.resolve("etc/name"), "changed");
                });
        Workbench.mounted(two, top -> assertThat(top.resolve("etc/name")).hasContent("upper"));
        Workbench.check(one);
        assertThat(bench.driver().usage().roots()).isBetween(1L, 3 * MIB);

        bench.restart();
        assertThat(bench.driver().roots()).containsExactly("one", "two");
        assertThat(bench.driver().root("one")).isPresent();
        Workbench.mounted(one, top -> assertThat(top.resolve("etc/name")).hasContent("changed"));

        bench.driver().releaseRoot("one");
        bench.driver().releaseRoot("two");
        assertThat(bench.status().used()).isEqualTo(before);
        assertThat(bench.driver().census()).isEmpty();
        assertThat(bench.home.devices()).isEmptyDirectory();
    }

    @Test
    void a_lower_layer_can_go_while_others_stand_on_it() throws IOException {
        Layer base = base();
        Layer upper = bench.take(List.of(base), new TestTar().file("more", "x"));
        bench.driver().removeLayer(base);
        assertThat(bench.driver().hasLayer(base)).isFalse();
        Path root = bench.root("one", 0, base, upper);
        Workbench.mounted(root, top -> assertThat(top.resolve("more")).hasContent("x"));
        bench.driver().releaseRoot("one");
        bench.driver().removeLayer(upper);
        assertThat(bench.driver().layers()).isEmpty();
        assertThatThrownBy(() -> bench.root("two", 0, base)).isInstanceOf(NotFound.class);
    }

    @Test
    void a_root_of_another_size() throws IOException {
        Layer base = base();
        Path root = bench.root("small", 64 * MIB, base);
        Workbench.check(root);
        Workbench.mounted(
                root,
                top -> {
                    assertThat(Files.getFileStore(top).getTotalSpace())
                            .isBetween(32 * MIB, 64 * MIB);
                    assertThat(Files.size(top.resolve("big"))).isEqualTo(4 * MIB);
                });
        byte[] much = new byte[(int) (80 * MIB)];
        new Random(2).nextBytes(much);
        Layer full = bench.take(List.of(), new TestTar().file("much", much));
        assertThatThrownBy(() -> bench.root("tight", 64 * MIB, full))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("does not fit");
        bench.driver().releaseRoot("small");
    }

    @Test
    void a_root_larger_than_its_image_was_made_for() throws IOException {
        Layer base = base();
        // So large that its groups' descriptors do not fit where those of the image are.
        long size = 18 * 1024 * MIB;
        Path root = bench.root("large", size, base);
        Workbench.check(root);
        long used = bench.status().used();
        byte[] content = new byte[(int) (4 * MIB)];
        new Random(1).nextBytes(content);
        Workbench.mounted(
                root,
                top -> {
                    assertThat(Files.getFileStore(top).getTotalSpace())
                            .isBetween(size * 96 / 100, size);
                    assertThat(Files.readAllBytes(top.resolve("big"))).isEqualTo(content);
                    Files.write(top.resolve("more"), content);
                });
        Workbench.check(root);

        bench.root("another", size, base);
        bench.driver().releaseRoot("large");
        bench.restart();
        Path again = bench.root("large", size, base);
        Workbench.mounted(again, top -> assertThat(top.resolve("more")).doesNotExist());
        assertThat(bench.status().used()).isLessThan(used + 16);
        var volume = bench.driver().createVolume(new VolumeSpec("v", 2048 * MIB, Map.of()));
        Workbench.check(volume.disk().file());

        bench.driver().removeVolume("v");
        bench.driver().releaseRoot("large");
        bench.driver().releaseRoot("another");
    }

    @Test
    void volumes_keep_what_is_written_and_give_it_back() throws IOException {
        var volume = bench.driver().createVolume(new VolumeSpec("v", 64 * MIB, Map.of("a", "b")));
        long before = bench.status().used();
        Path place = Files.createDirectory(folder.resolve("place"));
        Workbench.run("mount", volume.disk().file().toString(), place.toString());
        byte[] content = new byte[(int) (16 * MIB)];
        new Random(3).nextBytes(content);
        Files.write(place.resolve("file"), content);
        Workbench.run("umount", place.toString());
        assertThat(bench.driver().usage().volumes()).isGreaterThan(16 * MIB);
        bench.restart();
        assertThat(bench.driver().volumes()).containsExactly(volume);
        bench.driver().removeVolume("v");
        assertThat(bench.status().used()).isLessThanOrEqualTo(before);
        assertThat(bench.driver().volumes()).isEmpty();
    }

    @Test
    void what_a_container_has_open_stays_when_the_daemon_ends() throws IOException {
        Path root = bench.root("one", 0, base());
        Workbench.mounted(
                root,
                top -> {
                    Files.writeString(top.resolve("file"), "before");
                    bench.restart();
                    Files.writeString(top.resolve("other"), "after");
                    assertThat(bench.driver().root("one")).isPresent();
                });
        assertThat(bench.driver().census())
                .containsExactly(
                        new Holding.Owned(
                                "device", bench.poolName() + "-" + root.getFileName(), "one"));
        bench.driver().releaseRoot("one");
    }

    @Test
    void leftovers_are_listed_and_cleaned() throws IOException {
        Layer base = base();
        String left = bench.poolName() + "-4711";
        try (DeviceMapper mapper = DeviceMapper.open()) {
            mapper.message(bench.poolName(), "create_thin 4711");
            String pool = mapper.find(bench.poolName()).orElseThrow().number();
            var target = new DeviceMapper.Target(0, 2048, "thin", pool + " 4711");
            mapper.create(left, "", false, List.of(target));
            List<Holding> found = bench.driver().census();
            assertThat(found).singleElement().isInstanceOf(Holding.Left.class);
            bench.driver().dispose(found.getFirst());
            assertThat(mapper.list()).doesNotContain(left);
        }
        assertThat(bench.driver().census()).isEmpty();
        assertThat(bench.driver().hasLayer(base)).isTrue();
    }

    @Test
    void the_pool_grows_while_containers_write() throws IOException {
        Path root = bench.root("one", 0, base());
        long before = bench.status().total();
        byte[] content = new byte[(int) (8 * MIB)];
        var random = new Random(4);
        Workbench.mounted(
                root,
                top -> {
                    for (int i = 0; i < 12; i++) {
                        random.nextBytes(content);
                        Files.write(top.resolve("file" + i), content);
                        Workbench.run("sync", "-f", top.resolve("file" + i).toString());
                    }
                });
        assertThat(bench.status().total()).isGreaterThan(before);
        Workbench.check(root);
        bench.driver().releaseRoot("one");
    }

    @Test
    void many_at_once() throws Exception {
        Layer base = base();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            String name = "c" + i;
            threads.add(Thread.startVirtualThread(() -> bench.root(name, 64 * MIB, base)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(bench.driver().roots()).hasSize(8);
        assertThat(bench.driver().census()).hasSize(8);
        for (String name : bench.driver().roots()) {
            bench.driver().releaseRoot(name);
        }
    }
}
