// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Kit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Volumes, as seen from the host. */
@Contract
@DisplayName("Volumes")
public final class StorageVolumes {
    private static final Map<String, String> LABELS = Map.of("one", "1", Volume.ANONYMOUS, "");

    private static VolumeSpec spec(String name) {
        return new VolumeSpec(name, StorageRoots.SIZE, LABELS);
    }

    @Test
    @DisplayName("createVolume makes an empty volume, with what it was asked for")
    void create(Kit kit) {
        var name = kit.newId("Vol_1.x");
        var began = Instant.now();
        var volume = kit.storage().createVolume(spec(name));

        same("its name", name, volume.name());
        same("its labels", LABELS, volume.labels());
        // Clocks of file systems are coarser than the host's.
        that(
                Duration.between(began, volume.created()).abs().compareTo(Duration.ofHours(1)) < 0,
                "made at %s, and it says %s",
                began,
                volume.created());
        FileSystems.check(volume.disk());
        that(
                volume.disk().length() <= 2 * StorageRoots.SIZE,
                "%d bytes were asked for, the disk has %d",
                StorageRoots.SIZE,
                volume.disk().length());
        kit.storage().removeVolume(name);
    }

    @Test
    @DisplayName("volumes: all volumes, by name; volume looks one up")
    void list(Kit kit) {
        var storage = kit.storage();
        var names = List.of(kit.newId("b"), kit.newId("a"), kit.newId("c"));
        names.forEach(n -> storage.createVolume(spec(n)));

        var listed = storage.volumes().stream().map(Volume::name).filter(names::contains).toList();

        same("the volumes", names.stream().sorted().toList(), listed);
        for (var volume : storage.volumes()) {
            same("one that is looked up", Optional.of(volume), storage.volume(volume.name()));
        }
        same("one that was never made", Optional.empty(), storage.volume("no-such-volume"));
        names.forEach(storage::removeVolume);
    }

    @Test
    @DisplayName("createVolume: Conflict if there is one of that name")
    void twice(Kit kit) {
        var name = kit.newId("twice");
        var first = kit.storage().createVolume(spec(name));

        refused("a second one", () -> kit.storage().createVolume(spec(name)), Conflict.class);
        same("the first one", Optional.of(first), kit.storage().volume(name));
        kit.storage().removeVolume(name);
    }

    @Test
    @DisplayName("removeVolume deletes it and what is in it; does nothing if there is none")
    void remove(Kit kit) {
        var before = DriverFiles.before(kit);
        var name = kit.newId("remove");
        kit.storage().createVolume(spec(name));

        kit.storage().removeVolume(name);

        same("the volume", Optional.empty(), kit.storage().volume(name));
        DriverFiles.noMore(kit, before);
        kit.storage().removeVolume(name);
    }

    @Test
    @DisplayName("VolumeSpec.name: [a-zA-Z0-9][a-zA-Z0-9_.-]*; others are refused")
    void names(Kit kit) {
        for (var name : List.of("../escape", "a/b", "", ".", "-x", "a b", "a\0b", "ä")) {
            refused(
                    "a volume of the name '" + name.replace('\0', '?') + "'",
                    () -> kit.storage().createVolume(spec(name)));
        }
        that(!java.nio.file.Files.exists(kit.root().resolve("escape")), "a name has led out");
    }

    @Test
    @DisplayName("A volume without a size gets the driver's default")
    void defaultSize(Kit kit) {
        var name = kit.newId("default");
        var volume = kit.storage().createVolume(VolumeSpec.of(name));

        that(volume.disk().length() > 0, "its disk has %d bytes", volume.disk().length());
        kit.storage().removeVolume(name);
    }

    @Test
    @DisplayName("What has been acknowledged is there after a restart")
    void restart(Kit kit) {
        var name = kit.newId("restart");
        var made = kit.storage().createVolume(spec(name));
        kit.restart();

        same("the volume", Optional.of(made), kit.storage().volume(name));
        kit.storage().removeVolume(name);
    }

    @Test
    @DisplayName("usage: bytes that volumes really take")
    void usage(Kit kit) {
        var before = kit.storage().usage().volumes();
        var name = kit.newId("usage");
        kit.storage().createVolume(spec(name));
        var with = kit.storage().usage().volumes();
        kit.storage().removeVolume(name);

        that(with >= before, "from %d to %d bytes", before, with);
        same("after its removal", before, kit.storage().usage().volumes());
    }
}
