// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root.BlockLayers;
import io.hypercontainer.api.storage.Root.FileSystem;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayRootsTest {
    private static final DefaultSizes SIZES = DefaultSizes.ofMib(64, 48);
    private static final Layer LOWER = TestLayer.number(1);
    private static final Layer UPPER = TestLayer.number(2);
    private static final long MIB = 1 << 20;

    @TempDir private Path base;
    private OverlayDriver driver;

    @BeforeEach
    void startDriver() {
        driver = new OverlayDriver(base, SIZES);
        driver.importLayer(LOWER, new TarBuilder().file("a", "1").stream(), () -> {});
        driver.importLayer(UPPER, new TarBuilder().file("b", "2").stream(), () -> {});
    }

    @Test
    void aRootHasItsLayersLowestFirstAndAnEmptyDisk() throws Exception {
        BlockLayers root = prepare("c", 0);

        assertThat(root.layers()).hasSize(2).extracting(FileSystem::type).containsOnly("erofs");
        assertThat(ErofsReader.read(root.layers().get(0).file()).paths()).contains("a");
        assertThat(ErofsReader.read(root.layers().get(1).file()).paths()).contains("b");
        FileSystem disk = root.writable().orElseThrow();
        assertThat(disk.type()).isEqualTo("ext4");
        assertThat(disk.length()).isEqualTo(64 * MIB).isEqualTo(Files.size(disk.file()));
        assertThat(Command.run("e2fsck", "-f", "-n", disk.file().toString())).contains("11/");
    }

    @ParameterizedTest
    @ValueSource(longs = {32 << 20, (100 << 20) + 1, 1L << 30, 10L << 30, 300L << 30, 4L << 40})
    void disksOfAllSizesAreSoundAndSparse(long size) throws Exception {
        Path disk = prepare("c", size).writable().orElseThrow().file();

        assertThat(Files.size(disk)).isBetween(size, size + MIB - 1);
        Command.run("e2fsck", "-f", "-n", disk.toString());
        long allocated = Long.parseLong(Command.run("stat", "-c", "%b", disk.toString()).strip());
        assertThat(allocated * 512).isLessThan(size > 1L << 40 ? 8 * MIB : MIB);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, (32 << 20) - 1, 16L << 40, Long.MAX_VALUE})
    void aSizeThatNoDiskCanHaveIsRefused(long size) {
        assertThatThrownBy(() -> prepare("c", size))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("32 MiB to 16 TiB");

        assertNothingIsLeft();
        driver.removeLayer(LOWER);
    }

    @Test
    void disksAreIndependent() throws Exception {
        Path one = prepare("one", 0).writable().orElseThrow().file();
        Path other = prepare("other", 0).writable().orElseThrow().file();

        Command.run("debugfs", "-w", "-R", "mkdir /upper", one.toString());

        assertThat(Command.run("debugfs", "-R", "ls /", one.toString())).contains("upper");
        assertThat(Command.run("debugfs", "-R", "ls /", other.toString())).doesNotContain("upper");
    }

    @Test
    void aReadOnlyRootHasNoDisk() {
        var root =
                (BlockLayers)
                        driver.prepareRoot(
                                new RootSpec(
                                        "c",
                                        List.of(LOWER.diffId()),
                                        0,
                                        true,
                                        RootForm.BLOCK_LAYERS));

        assertThat(root.writable()).isEmpty();
        assertThat(driver.root("c")).contains(root);
    }

    @Test
    void anImageMayHaveNoLayers() {
        var root =
                (BlockLayers)
                        driver.prepareRoot(
                                new RootSpec("c", List.of(), 0, false, RootForm.BLOCK_LAYERS));

        assertThat(root.layers()).isEmpty();
        assertThat(root.writable()).isPresent();
    }

    @Test
    void rootsSurviveARestart() {
        BlockLayers root = prepare("c", 0);

        driver = new OverlayDriver(base, SIZES);

        assertThat(driver.roots()).containsExactly("c");
        assertThat(driver.root("c")).contains(root);
    }

    @Test
    void releasedRootsAreGone() {
        prepare("c", 0);
        prepare("d", 0);

        driver.releaseRoot("c");
        driver.releaseRoot("c");

        assertThat(driver.roots()).containsExactly("d");
        assertThat(driver.root("c")).isEmpty();
        driver.releaseRoot("d");
        assertNothingIsLeft();
    }

    @Test
    void aContainerHasOneRoot() {
        prepare("c", 0);

        assertThatThrownBy(() -> prepare("c", 0)).isInstanceOf(Conflict.class);
        driver.releaseRoot("c");
        prepare("c", 0);
    }

    @Test
    void aMissingLayerIsNamed() {
        var missing = TestLayer.number(9);

        assertThatThrownBy(() ->
                        driver.prepareRoot(
                                new RootSpec(
                                        "c",
                                        List.of(LOWER.diffId(), missing.diffId()),
                                        0,
                                        false,
                                        RootForm.BLOCK_LAYERS)))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining(missing.diffId());

        driver.removeLayer(LOWER);
    }

    @Test
    void otherFormsAreUnsupported() {
        assertThatThrownBy(() ->
                        driver.prepareRoot(
                                new RootSpec("c", List.of(), 0, false, RootForm.SHARED_DIRECTORY)))
                .isInstanceOf(Unsupported.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "-x", "a b", "a\0"})
    void anIdThatIsNoFileNameIsRefused(String id) {
        assertThatThrownBy(() -> prepare(id, 0)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> driver.releaseRoot(id)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void manyRootsAtOnce() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<BlockLayers>> all =
                    IntStream.range(0, 60)
                            .<Callable<BlockLayers>>mapToObj(i -> () -> prepare("c" + i, 0))
                            .toList();
            Set<Path> disks = new HashSet<>();
            for (var root : threads.invokeAll(all)) {
                disks.add(root.get().writable().orElseThrow().file());
            }
            assertThat(disks).hasSize(60);
        }
        assertThat(driver.roots()).hasSize(60);
    }

    @Test
    void whatACrashLeftIsRemovedAtTheNextStart() throws IOException {
        prepare("c", 0);
        Path half = Files.createDirectory(base.resolve("tmp/half-made"));
        Files.writeString(half.resolve("disk.ext4"), "x");
        Files.writeString(base.resolve("tmp/image"), "x");

        driver = new OverlayDriver(base, SIZES);

        assertThat(base.resolve("tmp")).isEmptyDirectory();
        assertThat(driver.roots()).containsExactly("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "null",
                "{}",
                "{\"version\":2,\"layers\":[]}",
                "{\"version\":1,\"layers\":[\"sha256:../x\"]}",
                "{\"version\":1,\"layers\":[null]}"
            })
    void aDamagedRecordIsSetAsideAndStopsNothingElse(String damage) throws IOException {
        prepare("good", 0);
        prepare("bad", 0);
        Files.writeString(base.resolve("roots/bad/root.json"), damage);

        driver = new OverlayDriver(base, SIZES);

        assertThat(driver.roots()).containsExactly("good");
        assertThat(base.resolve("damaged"))
                .isDirectoryContaining(kept -> Files.exists(kept.resolve("disk.ext4")));
        prepare("bad", 0);
    }

    private BlockLayers prepare(String container, long size) {
        return (BlockLayers)
                driver.prepareRoot(
                        new RootSpec(
                                container,
                                List.of(LOWER.diffId(), UPPER.diffId()),
                                size,
                                false,
                                RootForm.BLOCK_LAYERS));
    }

    private void assertNothingIsLeft() {
        assertThat(driver.roots()).isEmpty();
        assertThat(base.resolve("roots")).isEmptyDirectory();
        assertThat(base.resolve("tmp")).isEmptyDirectory();
    }
}
