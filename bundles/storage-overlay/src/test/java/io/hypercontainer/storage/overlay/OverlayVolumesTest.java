// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayVolumesTest {
    private static final DefaultSizes SIZES = DefaultSizes.ofMib(64, 48);
    @TempDir private Path base;
    private OverlayDriver driver;

    @BeforeEach
    void startDriver() {
        driver = new OverlayDriver(base, SIZES);
    }

    @Test
    void aVolumeIsAnEmptyDiskOfTheConfiguredSize() throws Exception {
        Volume volume = driver.createVolume(VolumeSpec.of("data"));

        assertThat(volume.name()).isEqualTo("data");
        assertThat(volume.disk().length()).isEqualTo(48L << 20);
        Command.run("e2fsck", "-f", "-n", volume.disk().file().toString());
        assertThat(driver.createVolume(new VolumeSpec("large", 2L << 30, Map.of())).disk().length())
                .isEqualTo(2L << 30);
    }

    @Test
    void aNewConfigurationHoldsForNewVolumes() {
        driver.createVolume(VolumeSpec.of("old"));
        driver.setSizes(DefaultSizes.ofMib(64, 128));

        assertThat(driver.createVolume(VolumeSpec.of("new")).disk().length()).isEqualTo(128L << 20);
        assertThat(driver.volumes().getLast().disk().length()).isEqualTo(48L << 20);
    }

    @Test
    void volumesAreListedByNameAndSurviveARestart() throws Exception {
        Volume b = driver.createVolume(VolumeSpec.of("b"));
        Volume a = driver.createVolume(VolumeSpec.of("a"));
        Files.writeString(b.disk().file(), "used", StandardOpenOption.WRITE);

        driver = new OverlayDriver(base, SIZES);

        assertThat(driver.volumes()).containsExactly(a, b);
    }

    @Test
    void labelsAreKept() throws Exception {
        var labels = Map.of("tier", "web", "empty", "");
        Volume labelled = driver.createVolume(new VolumeSpec("a", 0, labels));
        driver.createVolume(VolumeSpec.of("b"));

        driver = new OverlayDriver(base, SIZES);

        assertThat(labelled.labels()).isEqualTo(labels);
        assertThat(driver.volume("a")).contains(labelled);
        assertThat(driver.volume("b").orElseThrow().labels()).isEmpty();
        assertThat(driver.volume("c")).isEmpty();
        assertThat(driver.volume("../a")).isEmpty();
        driver.removeVolume("a");
        assertThat(driver.createVolume(VolumeSpec.of("a")).labels()).isEmpty();
    }

    @Test
    void damagedLabelsCostNobodyTheVolume() throws Exception {
        driver.createVolume(new VolumeSpec("a", 0, Map.of("x", "y")));
        Files.writeString(base.resolve("volumes/a/volume.json"), "{");

        assertThat(driver.volume("a").orElseThrow().labels()).isEmpty();
    }

    @Test
    void aNameIsTakenOnce() {
        driver.createVolume(VolumeSpec.of("a"));

        assertThatThrownBy(() -> driver.createVolume(VolumeSpec.of("a")))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void removedVolumesAreGone() {
        driver.createVolume(VolumeSpec.of("a"));

        driver.removeVolume("a");
        driver.removeVolume("a");

        assertThat(driver.volumes()).isEmpty();
        assertThat(base.resolve("volumes")).isEmptyDirectory();
        assertThat(base.resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", ".hidden", "\u00e9"})
    void aNameThatIsNotAllowedIsRefused(String name) {
        assertThatThrownBy(() -> driver.createVolume(VolumeSpec.of(name)))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> driver.removeVolume(name)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void usageCountsWhatIsAllocated() throws Exception {
        var before = driver.usage();
        Volume volume = driver.createVolume(new VolumeSpec("a", 10L << 30, Map.of()));
        try (var disk = Files.newByteChannel(volume.disk().file(), StandardOpenOption.WRITE)) {
            disk.position(5L << 30);
            disk.write(java.nio.ByteBuffer.allocate(1 << 20));
        }

        assertThat(driver.usage().volumes() - before.volumes()).isBetween(1L << 20, 2L << 20);
        assertThat(driver.usage().roots()).isEqualTo(before.roots());
    }

    @Test
    void theProbeNamesFolderAndPrograms() {
        assertThat(driver.probe().usable()).isTrue();
        assertThat(driver.probe().facts())
                .containsEntry("folder", base.toString())
                .containsKey("mke2fs");
    }
}
