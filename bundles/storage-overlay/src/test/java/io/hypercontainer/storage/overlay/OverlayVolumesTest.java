// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.storage.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        Volume volume = driver.createVolume("data", 0);

        assertThat(volume.name()).isEqualTo("data");
        assertThat(volume.disk().length()).isEqualTo(48L << 20);
        Command.run("e2fsck", "-f", "-n", volume.disk().file().toString());
        assertThat(driver.createVolume("large", 2L << 30).disk().length()).isEqualTo(2L << 30);
    }

    @Test
    void aNewConfigurationHoldsForNewVolumes() {
        driver.createVolume("old", 0);
        driver.setSizes(DefaultSizes.ofMib(64, 128));

        assertThat(driver.createVolume("new", 0).disk().length()).isEqualTo(128L << 20);
        assertThat(driver.volumes().getLast().disk().length()).isEqualTo(48L << 20);
    }

    @Test
    void volumesAreListedByNameAndSurviveARestart() throws Exception {
        Volume b = driver.createVolume("b", 0);
        Volume a = driver.createVolume("a", 0);
        Files.writeString(b.disk().file(), "used", StandardOpenOption.WRITE);

        driver = new OverlayDriver(base, SIZES);

        assertThat(driver.volumes()).containsExactly(a, b);
    }

    @Test
    void aNameIsTakenOnce() {
        driver.createVolume("a", 0);

        assertThatThrownBy(() -> driver.createVolume("a", 0)).isInstanceOf(Conflict.class);
    }

    @Test
    void removedVolumesAreGone() {
        driver.createVolume("a", 0);

        driver.removeVolume("a");
        driver.removeVolume("a");

        assertThat(driver.volumes()).isEmpty();
        assertThat(base.resolve("volumes")).isEmptyDirectory();
        assertThat(base.resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", ".hidden", "\u00e9"})
    void aNameThatIsNotAllowedIsRefused(String name) {
        assertThatThrownBy(() -> driver.createVolume(name, 0)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> driver.removeVolume(name)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void usageCountsWhatIsAllocated() throws Exception {
        var before = driver.usage();
        Volume volume = driver.createVolume("a", 10L << 30);
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
