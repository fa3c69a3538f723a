// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk is told, what is left is removed when told so, damage stops nothing. */
class CensusTest {
    private static final DefaultSizes SIZES = DefaultSizes.ofMib(64, 48);
    private static final Layer LAYER = TestLayer.number(1);

    @TempDir private Path base;
    private OverlayDriver driver;

    @BeforeEach
    void startDriver() {
        driver = new OverlayDriver(base, SIZES);
        driver.importLayer(LAYER, new TarBuilder().file("a", "1").stream(), () -> {});
    }

    @Test
    void rootsAreTheirContainersAndVolumesAreNobodysBusiness() {
        prepare("c");
        driver.createVolume(VolumeSpec.of("v"));

        assertThat(driver.layers()).containsExactly(LAYER.diffId());
        assertThat(driver.census())
                .containsExactly(
                        new Holding.Owned("file", base.resolve("roots/c").toString(), "c"));

        driver.census().forEach(driver::dispose);

        assertThat(driver.roots()).isEmpty();
        assertThat(driver.census()).isEmpty();
        assertThat(driver.volumes()).hasSize(1);
    }

    @Test
    void whatIsLeftIsToldAndRemovedButNotWhatIsBeingMade() throws Exception {
        Path left = base.resolve("tmp/left");
        Files.createDirectories(left.resolve("deep"));
        Files.writeString(left.resolve("disk.ext4"), "x");
        Stream.Builder<List<Holding>> seen = Stream.builder();

        // While a layer is imported it lies where the rest of unfinished work lies too.
        driver.importLayer(
                TestLayer.number(2),
                new TarBuilder().file("b", "2").stream(),
                () -> {
                    assertThat(base.resolve("tmp").toFile().list()).hasSizeGreaterThan(1);
                    seen.add(driver.census());
                    driver.census().forEach(driver::dispose);
                });

        assertThat(seen.build().toList())
                .containsExactly(
                        List.of(
                                new Holding.Left(
                                        "file",
                                        left.toString(),
                                        "left from something that was not finished")));
        assertThat(left).doesNotExist();
        assertThat(driver.hasLayer(TestLayer.number(2))).isTrue();
        assertThat(driver.census()).isEmpty();
    }

    @Test
    void aVolumeWithoutADiskIsToldAndHidesNoOther() throws Exception {
        driver.createVolume(VolumeSpec.of("good"));
        Files.createDirectory(base.resolve("volumes/empty"));
        Files.writeString(base.resolve("volumes/file"), "");
        Files.createDirectories(base.resolve("volumes/odd/disk.ext4"));

        driver = new OverlayDriver(base, SIZES);

        assertThat(driver.volumes()).singleElement().hasFieldOrPropertyWithValue("name", "good");
        assertThat(driver.census())
                .hasSize(3)
                .allMatch(Holding.Wrong.class::isInstance)
                .extracting(holding -> Path.of(holding.subject()).getFileName().toString())
                .containsExactly("empty", "file", "odd");
        driver.census().forEach(driver::dispose);
        assertThat(driver.census()).hasSize(3);
    }

    /** Records with random bytes, cut off, or of another kind: the others are there. */
    @Test
    void noDamageStopsTheOthers() throws Exception {
        var seed = Long.getLong("hyper.seed", System.nanoTime());
        System.out.println("CensusTest: -Dhyper.seed=" + seed);
        var random = new Random(seed);
        prepare("good");
        for (int i = 0; i < 100; i++) {
            prepare("bad");
            damage(base.resolve("roots/bad/root.json"), random);

            driver = new OverlayDriver(base, SIZES);

            assertThat(driver.roots()).contains("good");
            assertThat(driver.root("good")).isPresent();
            if (!driver.roots().contains("bad")) {
                assertThat(driver.census())
                        .filteredOn(Holding.Wrong.class::isInstance)
                        .singleElement()
                        .matches(wrong -> wrong.subject().startsWith(base + "/damaged/bad-"));
            }
            driver.releaseRoot("bad");
            for (Path aside : Workspace.list(base.resolve("damaged"))) {
                Workspace.delete(aside);
            }
        }
    }

    private static void damage(Path file, Random random) throws IOException {
        byte[] whole;
        try (InputStream in = Files.newInputStream(file)) {
            whole = in.readAllBytes();
        }
        switch (random.nextInt(5)) {
            case 0 -> Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
            case 1 -> Files.delete(file);
            case 2 -> {
                Files.delete(file);
                Files.createDirectory(file);
            }
            case 3 -> {
                Files.delete(file);
                Files.createSymbolicLink(file, Path.of("/dev/zero"));
            }
            default -> {
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                }
                Files.write(file, whole);
            }
        }
    }

    private void prepare(String container) {
        driver.prepareRoot(
                new RootSpec(container, List.of(LAYER.diffId()), 0, false, RootForm.BLOCK_LAYERS));
    }
}
