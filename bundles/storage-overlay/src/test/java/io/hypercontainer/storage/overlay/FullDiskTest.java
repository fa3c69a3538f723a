// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 4 MiB of its own; mounting it takes root. */
class FullDiskTest {
    private static final DefaultSizes SIZES = DefaultSizes.ofMib(64, 48);
    private static final Layer LAYER = TestLayer.number(1);

    @TempDir private Path base;
    private OverlayDriver driver;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        Command.run("mount", "-t", "tmpfs", "-o", "size=4m", "small", base.toString());
        driver = new OverlayDriver(base, SIZES);
    }

    @AfterEach
    void unmount() throws Exception {
        Command.run("umount", base.toString());
    }

    @Test
    void anImportThatDoesNotFitLeavesNothing() {
        byte[] data = new byte[6 << 20];
        new Random(1).nextBytes(data);

        assertThatThrownBy(() ->
                        driver.importLayer(
                                LAYER, new TarBuilder().file("a", data).stream(), () -> {}))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("import layer " + LAYER.diffId())
                .hasMessageContaining("is full; remove unused images");

        assertThat(driver.hasLayer(LAYER)).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void rootsAndVolumesThatDoNotFitLeaveNothing() throws IOException {
        driver.createVolume(VolumeSpec.of("first"));
        driver.removeVolume("first");
        Path filler = fill();

        assertThatThrownBy(() ->
                        driver.prepareRoot(
                                new RootSpec("c", List.of(), 0, false, RootForm.BLOCK_LAYERS)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("full");
        assertThatThrownBy(() -> driver.createVolume(VolumeSpec.of("v")))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("full");

        assertThat(driver.roots()).isEmpty();
        assertThat(driver.volumes()).isEmpty();
        assertNothingIsLeft();
        Files.delete(filler);
        driver.createVolume(VolumeSpec.of("v"));
    }

    /** Takes all the space that is left. */
    private Path fill() throws IOException {
        Path filler = base.resolve("filler");
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    private void assertNothingIsLeft() {
        assertThat(base.resolve("tmp")).isEmptyDirectory();
        assertThat(base.resolve("layers")).isEmptyDirectory();
    }
}
