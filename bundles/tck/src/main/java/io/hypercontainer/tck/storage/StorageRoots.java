// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Work;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Root file systems of containers, as seen from the host. */
@Contract
@DisplayName("Root file systems")
public final class StorageRoots {
    static final long SIZE = 64L << 20;
    private Layer layer;

    @BeforeAll
    void take(Kit kit) {
        layer = Layers.take(kit.storage(), Work.layer("roots"));
    }

    @AfterAll
    void remove(Kit kit) {
        // Those of checks that failed.
        kit.storage().roots().forEach(kit.storage()::releaseRoot);
        kit.storage().removeLayer(layer);
    }

    static RootSpec spec(
            StorageDriver storage, String container, boolean readOnly, Layer... layers) {
        return new RootSpec(
                container,
                Arrays.stream(layers).map(Layer::diffId).toList(),
                SIZE,
                readOnly,
                storage.forms().iterator().next());
    }

    @Test
    @DisplayName("prepareRoot makes a root file system; root looks it up; roots has its container")
    void prepare(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        var made = storage.prepareRoot(spec(storage, container, false, layer));

        same("the root file system that is looked up", Optional.of(made), storage.root(container));
        that(storage.roots().contains(container), "roots has only %s", storage.roots());
        parts(made).forEach(FileSystems::check);

        storage.releaseRoot(container);
        same("after releaseRoot", Optional.empty(), storage.root(container));
        that(!storage.roots().contains(container), "after releaseRoot it is still listed");
        storage.releaseRoot(container);
    }

    private static List<Root.FileSystem> parts(Root root) {
        return switch (root) {
            case Root.BlockLayers layers -> {
                var all = new ArrayList<>(layers.layers());
                layers.writable().ifPresent(all::add);
                yield all;
            }
            case Root.SingleDisk single -> List.of(single.disk());
            case Root.SharedDirectory _ -> List.of();
        };
    }

    @Test
    @DisplayName("RootSpec.readOnly: nothing to write to is made")
    void readOnly(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        var made = storage.prepareRoot(spec(storage, container, true, layer));

        if (made instanceof Root.BlockLayers layers) {
            same("the disk for changes", Optional.empty(), layers.writable());
        }
        that(storage.roots().contains(container), "roots has only %s", storage.roots());
        storage.releaseRoot(container);
    }

    @Test
    @DisplayName("An image may have no layers")
    void noLayers(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");

        parts(storage.prepareRoot(spec(storage, container, false))).forEach(FileSystems::check);

        storage.releaseRoot(container);
    }

    @Test
    @DisplayName("BlockLayers: several containers use the same files of layers, and own disks")
    void shared(Kit kit) {
        var storage = kit.storage();
        var first = storage.prepareRoot(spec(storage, kit.newId("c"), false, layer));
        var second = storage.prepareRoot(spec(storage, kit.newId("c"), false, layer));

        if (first instanceof Root.BlockLayers one && second instanceof Root.BlockLayers two) {
            same("the files of the layers", one.layers(), two.layers());
            that(!one.writable().equals(two.writable()), "both write to %s", one.writable());
        } else {
            that(!first.equals(second), "both containers have %s", first);
        }
        storage.roots().stream().filter(r -> r.startsWith("c-")).forEach(storage::releaseRoot);
    }

    @Test
    @DisplayName("prepareRoot: Conflict if the container has one")
    void twice(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        var made = storage.prepareRoot(spec(storage, container, false, layer));

        refused(
                "a second root file system",
                () -> storage.prepareRoot(spec(storage, container, false, layer)),
                Conflict.class);
        same("the first one", Optional.of(made), storage.root(container));
        parts(made).forEach(FileSystems::check);
        storage.releaseRoot(container);
    }

    @Test
    @DisplayName("prepareRoot: NotFound if a layer is not here; nothing is made")
    void missingLayer(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        var missing = Layers.of(Work.layer("never-taken"));
        var before = DriverFiles.before(kit);

        refused(
                "a root file system of a missing layer",
                () -> storage.prepareRoot(spec(storage, container, false, layer, missing)),
                NotFound.class);
        that(!storage.roots().contains(container), "it failed, and is listed");
        DriverFiles.noMore(kit, before);
    }

    @Test
    @DisplayName("Names of containers lead nowhere")
    void names(Kit kit) {
        var storage = kit.storage();
        for (var name : List.of("../escape", "a/b", "")) {
            refused(
                    "a root file system of container '" + name + "'",
                    () -> storage.prepareRoot(spec(storage, name, false, layer)));
        }
        that(!Files.exists(kit.home().resolve("escape")), "a name has led out");
    }

    @ParameterizedTest(name = "forms: a root file system of form {0} is made if it is listed")
    @EnumSource
    @DisplayName("forms: what is not listed is refused")
    void forms(RootForm form, Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        var spec = new RootSpec(container, List.of(layer.diffId()), SIZE, false, form);
        if (!storage.forms().contains(form)) {
            refused(form.toString(), () -> storage.prepareRoot(spec), Unsupported.class);
            that(!storage.roots().contains(container), "it was refused, and is listed");
            return;
        }
        var made = storage.prepareRoot(spec);
        var wanted =
                switch (form) {
                    case BLOCK_LAYERS -> Root.BlockLayers.class;
                    case SINGLE_DISK -> Root.SingleDisk.class;
                    case SHARED_DIRECTORY -> Root.SharedDirectory.class;
                };
        that(wanted.isInstance(made), "asked for %s, it gives %s", form, made);
        storage.releaseRoot(container);
    }

    @Test
    @DisplayName("forms: at least one, the same set when asked again")
    void someForm(Kit kit) {
        that(!kit.storage().forms().isEmpty(), "it lists no form");
        same("the forms, asked again", kit.storage().forms(), kit.storage().forms());
    }

    @Test
    @DisplayName("What has been acknowledged is there after a restart, and the layer is in use")
    void restart(Kit kit) {
        var container = kit.newId("c");
        var made = kit.storage().prepareRoot(spec(kit.storage(), container, false, layer));

        kit.restart();

        var storage = kit.storage();
        same("the root file system", Optional.of(made), storage.root(container));
        refused("removeLayer of a used layer", () -> storage.removeLayer(layer), Conflict.class);
        storage.releaseRoot(container);
    }

    @Test
    @DisplayName("census lists the root file systems as their containers'; dispose releases them")
    void census(Kit kit) {
        var storage = kit.storage();
        var container = kit.newId("c");
        storage.prepareRoot(spec(storage, container, false, layer));
        var mine =
                storage.census().stream()
                        .filter(h -> h instanceof Holding.Owned o && o.owner().equals(container))
                        .toList();

        that(!mine.isEmpty(), "it lists %s", storage.census());
        mine.forEach(storage::dispose);
        same("after dispose", Optional.empty(), storage.root(container));
        none(
                "after dispose it lists",
                storage.census().stream()
                        .filter(h -> h instanceof Holding.Owned o && o.owner().equals(container))
                        .toList());
    }

    @Test
    @DisplayName("usage: bytes that are really allocated")
    void usage(Kit kit) {
        var storage = kit.storage();
        var before = storage.usage();
        var container = kit.newId("c");
        storage.prepareRoot(spec(storage, container, false, layer));
        var after = storage.usage();

        that(before.layers() >= 0 && before.roots() >= 0 && before.volumes() >= 0, "%s", before);
        that(after.roots() >= before.roots(), "from %s to %s", before, after);
        that(
                after.roots() - before.roots() <= 2 * SIZE,
                "a container of at most %d bytes takes %d",
                SIZE,
                after.roots() - before.roots());
        storage.releaseRoot(container);
        that(
                storage.usage().roots() <= before.roots(),
                "after the release from %s to %s",
                before,
                storage.usage());
    }
}
