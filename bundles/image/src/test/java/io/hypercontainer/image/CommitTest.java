// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are made of others and one more layer. */
class CommitTest {
    private static final byte[] LAYER =
            new TarBuilder().folder("new/").file("new/file", "x").file(".wh.data", "").build();

    @TempDir Path folder;
    private Store store;
    private Image parent;

    @BeforeEach
    void open() throws IOException {
        store = new Store(folder);
        parent = load(SampleImage.of(Compression.GZIP, "one", "two"), "base:1");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Image load(SampleImage sample, String name) {
        return store.images
                .load(
                        new ByteArrayInputStream(sample.dockerArchive(name).build()),
                        store.progress::add)
                .getFirst();
    }

    private static ImageConfig config() {
        return new ImageConfig(
                "amd64",
                "linux",
                List.of("/init"),
                List.of("serve"),
                List.of("A=b", "C=d"),
                "1000",
                "/srv",
                List.of("80/tcp"),
                List.of("/data"),
                Map.of("k", "v"),
                "SIGINT",
                Optional.of(
                        new ImageConfig.Healthcheck(List.of("CMD", "true"), 1_000_000, 0, 0, 2)));
    }

    private NewImage wanted(Image of, Optional<String> name) {
        return new NewImage(of.id(), config(), name, "Ada", "a comment", "sh -c x");
    }

    private static Consumer<OutputStream> writing(byte[] layer) {
        return sink -> {
            try {
                sink.write(layer);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private JsonObject configuration(Image image) throws IOException {
        Path blob = store.root.resolve("blobs/sha256/" + image.id().substring(7));
        return JsonObject.parse(Files.readAllBytes(blob), "it");
    }

    private JsonObject manifest(Image image) throws IOException {
        Path record = store.root.resolve("records/" + image.id().substring(7) + ".json");
        String digest = JsonObject.parse(Files.readAllBytes(record), "record").text("manifest");
        Path blob = store.root.resolve("blobs/sha256/" + digest.substring(7));
        return JsonObject.parse(Files.readAllBytes(blob), "manifest");
    }

    @Test
    void addsALayerAndKeepsTheRest() throws IOException {
        Image made = store.images.commit(wanted(parent, Optional.of("mine")), writing(LAYER));

        var layers = new ArrayList<>(parent.layers());
        layers.add(Digest.of(LAYER).toString());
        assertThat(made.layers()).isEqualTo(layers);
        assertThat(made.references()).containsExactly("mine:latest");
        assertThat(made.config()).isEqualTo(config());
        assertThat(made.sizeBytes()).isEqualTo(parent.sizeBytes() + LAYER.length);
        assertThat(store.images.get("mine")).isEqualTo(made);
        assertThat(store.storage.files(made.layers().getLast()))
                .containsExactly("new/", "new/file", ".wh.data");
        JsonObject history = configuration(made).objects("history", 10).getLast();
        assertThat(history.text("created_by")).isEqualTo("sh -c x");
        assertThat(history.text("author")).isEqualTo("Ada");
        assertThat(history.text("comment")).isEqualTo("a comment");
        assertThat(store.files("tmp")).isEmpty();

        // Another store takes it for what it is, and this one after a restart.
        store.close();
        store = new Store(folder);
        assertThat(store.images.get("mine")).isEqualTo(made);
        Image again = store.images.commit(wanted(made, Optional.empty()), writing(LAYER));
        assertThat(again.layers()).hasSize(4);
        assertThat(again.references()).isEmpty();
    }

    @Test
    void isOfTheSameLayersAsItsParentWhenNothingHasChanged() throws IOException {
        Image made =
                store.images.commit(
                        wanted(parent, Optional.of("mine")), writing(new TarBuilder().build()));
        assertThat(made.layers()).isEqualTo(parent.layers());
        assertThat(made.id()).isNotEqualTo(parent.id());
        assertThat(configuration(made).objects("history", 10).getLast().has("empty_layer"))
                .isTrue();
    }

    @Test
    void livesOnWithoutItsParentAndShowsWhatItIs() throws IOException {
        Image made = store.images.commit(wanted(parent, Optional.of("mine")), writing(LAYER));
        store.images.remove("base:1", false);
        assertThat(store.images.list()).containsExactly(made);
        assertThat(store.storage.layers()).hasSize(3);
        JsonObject json = manifest(made);
        assertThat(json.objects("layers", 10))
                .extracting(l -> l.text("mediaType"))
                .containsExactly(
                        "application/vnd.oci.image.layer.v1.tar+gzip",
                        "application/vnd.oci.image.layer.v1.tar+gzip",
                        "application/vnd.oci.image.layer.v1.tar");
        assertThat(json.objects("layers", 10).getLast().number("size")).isEqualTo(LAYER.length);

        store.images.remove("mine", false);
        assertThat(store.files()).isEmpty();
        assertThat(store.storage.layers()).isEmpty();
    }

    @Test
    void givesADriverThatCameLaterTheLayersBelow() throws IOException {
        FolderStorage other = new FolderStorage(folder.resolve("other"));
        store.images.unbindStorage(store.storage, Store.FIRST);
        store.images.bindStorage(other, Map.of("service.id", 2L));
        Image made = store.images.commit(wanted(parent, Optional.empty()), writing(LAYER));
        assertThat(other.imported).isEqualTo(made.layers());
    }

    private void assertNothingWasKept() throws IOException {
        assertThat(store.images.list()).containsExactly(parent);
        assertThat(store.files("tmp")).isEmpty();
        assertThat(store.files("blobs")).hasSize(4);
        assertThat(store.storage.layers()).hasSize(2);
    }

    @Test
    void whateverFailsLeavesNothing() throws IOException {
        Consumer<OutputStream> neverCalled =
                sink -> {
                    throw new AssertionError("called");
                };
        assertThatThrownBy(() ->
                        store.images.commit(wanted(parent, Optional.of("a:b:c")), neverCalled))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() ->
                        store.images.commit(
                                wanted(parent, Optional.of("a@sha256:" + "0".repeat(64))),
                                neverCalled))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("digest is its own");
        assertThatThrownBy(() ->
                        store.images.commit(
                                new NewImage(
                                        "sha256:" + "0".repeat(64),
                                        config(),
                                        Optional.empty(),
                                        "",
                                        "",
                                        ""),
                                neverCalled))
                .isInstanceOf(NotFound.class);
        assertThatThrownBy(() ->
                        store.images.commit(
                                wanted(parent, Optional.of("mine")),
                                sink -> {
                                    writing(LAYER).accept(sink);
                                    throw new Unavailable("the guest is gone");
                                }))
                .hasMessage("the guest is gone");
        byte[] damaged = LAYER.clone();
        damaged[0] ^= 1;
        assertThatThrownBy(() ->
                        store.images.commit(wanted(parent, Optional.of("mine")), writing(damaged)))
                .isInstanceOf(RuntimeException.class);
        assertNothingWasKept();
    }

    @Test
    void boundsTheLayer() throws IOException {
        store.close();
        ImageSettings settings = Store.settings(List.of());
        store =
                new Store(
                        folder,
                        new ImageSettings("", LAYER.length - 1, 1L << 30, settings.registry()));
        assertThatThrownBy(
                        () -> store.images.commit(wanted(parent, Optional.empty()), writing(LAYER)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("the new layer has more than");
        assertNothingWasKept();
    }
}
