// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.CrashSite;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Work;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The daemon is killed with SIGKILL in the middle of work on layers, roots and volumes. */
@Contract
@DisplayName("Crash of the daemon")
public final class CrashedStorage {
    private static final String NAME = "crashed";

    @ParameterizedTest(
            name =
                    "{0}: a call that was cut off is finished or undone when the driver starts again")
    @EnumSource(names = {"IMPORT_HALF", "IMPORT_VERIFY"})
    void importCutOff(Work work, Kit kit) {
        try (var site = CrashSite.make(kit)) {
            same(
                    "what was said before it was killed",
                    Optional.empty(),
                    site.killInTheMiddle(work, NAME));

            try (var next = site.restart()) {
                that(!next.storage().hasLayer(layer()), "a layer is here that was not verified");
                nothingHalf(next);
                Layers.take(next.storage(), Work.layer(NAME));
                that(next.storage().hasLayer(layer()), "after another import it is not here");
            }
        }
    }

    private static Layer layer() {
        return Layers.of(Work.layer(NAME));
    }

    @ParameterizedTest(name = "{0}, killed after {1} changes on the disk: it is finished or undone")
    @CsvSource({"PREPARE, 1", "PREPARE, 3", "RELEASE, 1", "CREATE, 1", "CREATE, 3", "REMOVE, 1"})
    void cutOff(Work work, int changes, Kit kit) {
        try (var site = CrashSite.make(kit)) {
            var done = site.killAfter(work, NAME, changes);

            try (var next = site.restart()) {
                nothingHalf(next);
                whole(next, work, done.isPresent());
                next.storage().releaseRoot(NAME);
                next.storage().removeVolume(NAME);
                same("the roots in the end", Set.of(), next.storage().roots());
                none("the volumes in the end", next.storage().volumes());
                none("census lists in the end", next.storage().census());
                next.storage().removeLayer(Layers.of(Work.layer("base")));
            }
        }
    }

    private static void whole(Kit kit, Work work, boolean done) {
        var storage = kit.storage();
        var root = storage.root(NAME);
        var volume = storage.volume(NAME);
        root.ifPresent(r -> that(storage.roots().contains(NAME), "roots has %s", storage.roots()));
        volume.ifPresent(v -> FileSystems.check(v.disk()));
        if (done) {
            same("whether the root is there", work == Work.PREPARE, root.isPresent());
            same("whether the volume is there", work == Work.CREATE, volume.isPresent());
        }
        if (root.isEmpty()) {
            var layer = Layers.take(storage, Work.layer("base"));
            storage.prepareRoot(StorageRoots.spec(storage, NAME, false, layer));
        }
        if (volume.isEmpty()) {
            storage.createVolume(
                    new io.hypercontainer.api.storage.VolumeSpec(
                            NAME, StorageRoots.SIZE, java.util.Map.of()));
        }
    }

    /** Nothing is left that the driver itself would call left or wrong. */
    private static void nothingHalf(Kit kit) {
        none(
                "census lists after the restart",
                kit.storage().census().stream()
                        .filter(h -> !(h instanceof Holding.Owned o && o.owner().equals(NAME)))
                        .toList());
    }

    @Test
    @DisplayName("What a method has acknowledged is on disk")
    void acknowledged(Kit kit) {
        try (var site = CrashSite.make(kit)) {
            var _ = site.killAtTheEnd(Work.IMPORT, NAME);
            var _ = site.killAtTheEnd(Work.PREPARE, NAME);
            var _ = site.killAtTheEnd(Work.CREATE, NAME);

            try (var next = site.restart()) {
                that(next.storage().hasLayer(layer()), "the layer is gone");
                that(next.storage().root(NAME).isPresent(), "the root file system is gone");
                var volume =
                        next.storage()
                                .volume(NAME)
                                .orElseThrow(() -> new AssertionError("the volume is gone"));
                same("its labels", java.util.Map.of("key", "value"), volume.labels());
                next.storage().removeVolume(NAME);
                next.storage().releaseRoot(NAME);
                next.storage().removeLayer(layer());
            }
        }
    }
}
