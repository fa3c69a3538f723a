// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.SmallDisk;
import io.hypercontainer.tck.kit.Tar;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The host's disk is full. */
@Contract
@DisplayName("Full disk")
public final class FullDisk {
    private SmallDisk disk;

    @BeforeAll
    void mount(Kit kit) throws IOException {
        Assumptions.assumeTrue(
                SmallDisk.canBeMade(), "mounting a small file system takes root's rights");
        disk = SmallDisk.mount(kit);
    }

    @AfterAll
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    @DisplayName("A full disk is Unavailable and leaves nothing behind: importLayer")
    void layer() {
        var storage = disk.kit().storage();
        var content = new byte[12 << 20];
        new Random(1).nextBytes(content);
        var tar = new Tar().file("much", 0644, 0, content).bytes();
        var before = DriverFiles.before(disk.kit());

        refused("a layer that does not fit", () -> Layers.take(storage, tar), Unavailable.class);

        that(!storage.hasLayer(Layers.of(tar)), "the layer is here");
        DriverFiles.noMore(disk.kit(), before);
    }

    @Test
    @DisplayName("A full disk is Unavailable and leaves nothing behind: prepareRoot, createVolume")
    void disks() throws IOException {
        var storage = disk.kit().storage();
        var spec = new VolumeSpec("volume", StorageRoots.SIZE, Map.of());
        // What drivers do once, or in the background, is done then.
        try {
            storage.createVolume(spec);
            storage.removeVolume(spec.name());
        } catch (Unavailable e) {
            // It takes all of a volume's space at once.
        }
        try (var _ = disk.fill()) {
            refused(
                    "a root file system",
                    () -> storage.prepareRoot(StorageRoots.spec(storage, "container", false)),
                    Unavailable.class);
            refused("a volume", () -> storage.createVolume(spec), Unavailable.class);
            none("roots", storage.roots());
            none("volumes", storage.volumes());
            none("census lists", storage.census());
        }
    }
}
