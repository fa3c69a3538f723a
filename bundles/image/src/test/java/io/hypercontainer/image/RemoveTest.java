// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageUser;
import io.hypercontainer.api.image.Images.Removal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoveTest {
    @TempDir Path folder;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = new Store(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Image load(SampleImage sample, String... tags) {
        return store.images
                .load(
                        new ByteArrayInputStream(sample.dockerArchive(tags).build()),
                        store.progress::add)
                .getFirst();
    }

    private static SampleImage sample(String... texts) {
        return SampleImage.of(Compression.GZIP, texts);
    }

    private void use(Image image, String what, boolean active) {
        store.images.bindUser(
                id -> id.equals(image.id()) ? List.of(new ImageUser.Use(what, active)) : List.of());
    }

    @Test
    void untagsAndDeletesWithTheLastName() throws IOException {
        Image image = load(sample("one", "two"), "a", "b:1");
        assertThat(store.images.remove("a", false))
                .isEqualTo(new Removal(List.of("a:latest"), List.of()));
        assertThat(store.images.get("b:1").id()).isEqualTo(image.id());
        assertThat(store.images.remove("b:1", false))
                .isEqualTo(new Removal(List.of("b:1"), List.of(image.id())));
        assertThat(store.files()).isEmpty();
        assertThat(store.storage.layers()).isEmpty();
        assertThatThrownBy(() -> store.images.remove("b:1", false)).isInstanceOf(NotFound.class);
    }

    @Test
    void keepsWhatOtherImagesNeed() throws IOException {
        Image small = load(sample("one"), "small");
        Image large = load(sample("one", "two"), "large");
        store.images.remove("large", false);
        assertThat(store.storage.layers()).containsExactlyElementsOf(small.layers());
        assertThat(store.files("blobs")).hasSize(3);
        assertThat(store.files("unsettled")).isEmpty();
        assertThat(large.layers()).containsAll(small.layers());
    }

    @Test
    void keepsALayerThatAnotherImageHasElsewhereInItsStack() throws IOException {
        Image first = load(sample("one"), "first");
        load(sample("two", "one"), "second");
        store.images.remove("first", false);
        assertThat(store.storage.layers()).hasSize(2).containsAll(first.layers());
        store.images.remove("second", false);
        assertThat(store.storage.layers()).isEmpty();
        assertThat(store.files()).isEmpty();
    }

    @Test
    void removesByTheBeginningOfTheId() throws IOException {
        Image image = load(sample("one"), "a");
        String hex = image.id().substring("sha256:".length());
        assertThat(store.images.get(hex.substring(0, 12))).isEqualTo(image);
        assertThat(store.images.get(hex)).isEqualTo(image);
        assertThat(store.images.remove(hex.substring(0, 12), false))
                .isEqualTo(new Removal(List.of("a:latest"), List.of(image.id())));
        assertThat(store.files()).isEmpty();
    }

    @Test
    void asksForMoreOfAnAmbiguousId() {
        Image image = load(sample("one"), "b");
        String prefix = image.id().substring(7, 9);
        int n = 0;
        SampleImage alike = sample("n" + n);
        while (!alike.id().startsWith("sha256:" + prefix)) {
            alike = sample("n" + ++n);
        }
        load(alike);
        assertThatThrownBy(() -> store.images.get(prefix))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(
                        "2 images have ids that begin with " + prefix + "; write more of the id");
    }

    @Test
    void wantsForceForAnImageWithSeveralNames() throws IOException {
        Image image = load(sample("one"), "a", "b");
        assertThatThrownBy(() -> store.images.remove(image.id(), false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("(must be forced) - image is referenced by several names");
        assertThat(store.images.remove(image.id(), true))
                .isEqualTo(new Removal(List.of("a:latest", "b:latest"), List.of(image.id())));
        assertThat(store.files()).isEmpty();
    }

    @Test
    void protectsImagesOfRunningContainers() {
        Image image = load(sample("one"), "a");
        use(image, "container 0123456789ab (running)", true);
        assertThatThrownBy(() -> store.images.remove("a", false))
                .isInstanceOf(Conflict.class)
                .hasMessage(
                        "conflict: unable to remove repository reference \"a:latest\" (must force)"
                                + " - container 0123456789ab (running) is using its referenced"
                                + " image "
                                + image.id().substring(7, 19));
        assertThatThrownBy(() -> store.images.remove(image.id(), true))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("(cannot be forced) - image is being used by container");
        assertThat(store.images.remove("a", true))
                .isEqualTo(new Removal(List.of("a:latest"), List.of()));
        assertThat(store.images.get(image.id()).references()).isEmpty();
    }

    @Test
    void removesImagesOfStoppedContainersByForce() throws IOException {
        Image image = load(sample("one", "two"), "a");
        use(image, "container 0123456789ab (exited)", false);
        store.storage.inUse.add(image.layers().getFirst());
        assertThatThrownBy(() -> store.images.remove(image.id(), false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("(must be forced)");
        assertThat(store.images.remove(image.id(), true).deleted()).containsExactly(image.id());
        assertThat(store.storage.layers()).containsExactly(image.layers().getFirst());

        store.storage.inUse.clear();
        Image other = load(sample("three"), "other");
        store.images.remove("other", false);
        assertThat(other.id()).isNotEqualTo(image.id());
        assertThat(store.storage.layers()).isEmpty();
        assertThat(store.files()).isEmpty();
    }

    @Test
    void givesAndMovesNames() {
        Image one = load(sample("one"), "a");
        Image two = load(sample("two"), "b");
        store.images.tag("a", "c:1");
        assertThat(store.images.get("c:1").references()).containsExactly("a:latest", "c:1");
        store.images.tag(two.id(), "c:1");
        assertThat(store.images.get("c:1").id()).isEqualTo(two.id());
        assertThat(store.images.get(one.id()).references()).containsExactly("a:latest");
        assertThatThrownBy(() -> store.images.tag("a", "c@" + one.id()))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> store.images.tag("nosuch", "c")).isInstanceOf(NotFound.class);
    }

    @Test
    void takesLayersOutOfADriverThatComesLater() throws IOException {
        Image image = load(sample("one"), "a");
        store.images.unbindStorage(store.storage, Store.FIRST);
        store.images.remove("a", false);
        assertThat(store.storage.layers()).containsExactlyElementsOf(image.layers());
        store.images.bindStorage(store.storage, Store.FIRST);
        assertThat(store.storage.layers()).isEmpty();
        assertThat(store.files()).isEmpty();
    }
}
