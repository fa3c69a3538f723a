// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LoadTest {
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

    private List<Image> load(byte[] archive) {
        return store.images.load(new ByteArrayInputStream(archive), store.progress::add);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void loadsWhatDockerSaved(Compression compression) throws IOException {
        SampleImage sample = SampleImage.of(compression, "one", "two");

        List<Image> images = load(sample.dockerArchive("a/b:1", "c").build());

        assertThat(images).hasSize(1);
        Image image = images.getFirst();
        assertThat(image.id()).isEqualTo(sample.id());
        assertThat(image.references()).containsExactly("a/b:1", "c:latest");
        assertThat(image.layers())
                .isEqualTo(sample.archives().stream().map(a -> Digest.of(a).toString()).toList());
        assertThat(image.sizeBytes())
                .isEqualTo(sample.archives().stream().mapToLong(a -> a.length).sum());
        assertThat(image.config().command()).containsExactly("sh");
        assertThat(store.storage.files(image.layers().getFirst()))
                .containsExactly("data/", "data/one");
        assertThat(store.statuses())
                .containsExactly("Loaded image: a/b:1", "Loaded image: c:latest");
        assertThat(store.images.get("c")).isEqualTo(image);
        assertThat(store.files("tmp")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void loadsCompressedArchivesOfCompressedLayers(Compression compression) {
        SampleImage sample = SampleImage.of(compression, "one");
        for (Compression outer : Compression.values()) {
            List<Image> images =
                    load(outer.of(sample.ociLayout("registry.example/x:" + outer).build()));
            assertThat(images.getFirst().references()).contains("registry.example/x:" + outer);
        }
    }

    @Test
    void keepsTheManifestOfALayout() throws IOException {
        SampleImage sample = SampleImage.of(Compression.ZSTD, "one");
        load(sample.ociLayout("x").build());
        assertThat(store.files("blobs"))
                .containsExactlyInAnyOrder(
                        "blobs/sha256/" + Digest.of(sample.manifest()).hex(),
                        "blobs/sha256/" + Digest.of(sample.config()).hex(),
                        "blobs/sha256/" + sample.blobDigest(0).hex());
    }

    @Test
    void followsNestedIndexesAndTakesTheGuestsPlatform() {
        SampleImage mine = SampleImage.of(Compression.GZIP, "mine");
        SampleImage other =
                SampleImage.ofArchives(
                        Compression.GZIP, List.of(new TarBuilder().build()), "arm64");
        byte[] inner =
                SampleImage.index(
                        List.of(
                                platform(other, "arm64"),
                                platform(mine, "amd64"),
                                SampleImage.with(
                                        platform(other, "unknown"),
                                        "annotations",
                                        Map.of("vnd.docker.reference.type", "x"))));
        Map<String, Object> outer =
                SampleImage.with(
                        SampleImage.descriptor(SampleImage.INDEX, inner),
                        "annotations",
                        Map.of("org.opencontainers.image.ref.name", "registry.example/x:1"));
        TarBuilder tar = SampleImage.blob(new TarBuilder(), inner);
        mine.addBlobs(tar).file("index.json", SampleImage.index(List.of(outer)));

        assertThat(load(tar.build()))
                .singleElement()
                .satisfies(image -> assertThat(image.id()).isEqualTo(mine.id()))
                .satisfies(image ->
                        assertThat(image.references()).containsExactly("registry.example/x:1"));
    }

    private static Map<String, Object> platform(SampleImage image, String architecture) {
        return SampleImage.with(
                SampleImage.descriptor(SampleImage.MANIFEST, image.manifest()),
                "platform",
                Map.of("os", "linux", "architecture", architecture));
    }

    @Test
    void loadsImagesWithoutNames() {
        SampleImage sample = SampleImage.of(Compression.NONE, "one");
        Image image = load(sample.dockerArchive().build()).getFirst();
        assertThat(image.references()).isEmpty();
        assertThat(store.statuses()).containsExactly("Loaded image ID: " + sample.id());
        assertThat(store.images.get(sample.id().substring(7, 19))).isEqualTo(image);
    }

    @Test
    void resolvesLinksInsideTheArchive() throws IOException {
        SampleImage sample = SampleImage.of(Compression.NONE, "one", "two");
        byte[] one = sample.archives().get(0);
        byte[] config = SampleImage.config("amd64", List.of(Digest.of(one), Digest.of(one)));
        TarBuilder tar =
                new TarBuilder()
                        .file("manifest.json", manifest("config", "b/layer.tar", "c/layer.tar"))
                        .symbolicLink("b/layer.tar", "../a/layer.tar")
                        .hardLink("c/layer.tar", "./a/layer.tar")
                        .file("./a/layer.tar", one)
                        .file("config", config);
        Image image = load(tar.build()).getFirst();
        assertThat(image.layers())
                .containsExactly(Digest.of(one).toString(), Digest.of(one).toString());
        assertThat(store.storage.imported).hasSize(1);
    }

    private static byte[] manifest(String config, String... layers) {
        return JsonObject.write(
                List.of(
                        Map.of(
                                "Config",
                                config,
                                "RepoTags",
                                List.of("evil:latest"),
                                "Layers",
                                List.of(layers))));
    }

    @Test
    void movesATagAndKeepsTheOldImageWithoutOne() {
        Image old = load(SampleImage.of(Compression.NONE, "1").dockerArchive("a").build()).get(0);
        Image now = load(SampleImage.of(Compression.NONE, "2").dockerArchive("a").build()).get(0);
        assertThat(store.images.get("a").id()).isEqualTo(now.id());
        assertThat(store.images.get(old.id()).references()).isEmpty();
        assertThat(store.images.list()).hasSize(2);
    }

    @Test
    void verifiesLayersAlsoWithoutAStorageDriver() throws IOException {
        store.images.unbindStorage(store.storage, Store.FIRST);
        SampleImage sample = SampleImage.of(Compression.GZIP, "one", "two");
        Image image = load(sample.dockerArchive("a").build()).getFirst();
        assertThat(image.sizeBytes()).isPositive();
        assertThat(store.storage.imported).isEmpty();

        store.images.provide(image, store.storage);
        store.images.provide(image, store.storage);
        assertThat(store.storage.imported).isEqualTo(image.layers());
    }

    @Test
    void reportsALayerThatWasDamagedOnDiskAndTakesItAgain() throws IOException {
        SampleImage sample = SampleImage.of(Compression.GZIP, "one", "two");
        store.images.unbindStorage(store.storage, Store.FIRST);
        Image image = load(sample.dockerArchive("a").build()).getFirst();
        Path blob = store.root.resolve("blobs/sha256/" + sample.blobDigest(1).hex());
        byte[] content = Files.readAllBytes(blob);
        content[content.length / 2] ^= 1;
        Files.write(blob, content);

        assertThatThrownBy(() -> store.images.provide(image, store.storage))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("was damaged in the image store; pull or load");
        assertThat(store.files("damaged")).hasSize(1);

        load(sample.dockerArchive("a").build());
        store.images.provide(image, store.storage);
        assertThat(store.storage.layers()).hasSize(2);
    }

    static Stream<Arguments> hostile() {
        SampleImage good = SampleImage.of(Compression.NONE, "one", "two");
        byte[] archive = good.dockerArchive("evil").build();
        byte[] layer = good.blobs().getFirst();
        byte[] config = good.config();
        byte[] bomb =
                Compression.GZIP.of(new TarBuilder().file("zeros", new byte[3 << 20]).build());
        return Stream.of(
                bad("nothing", "neither manifest.json", new byte[0]),
                bad("text", "no tar archive", "x".repeat(10_000)),
                bad("cut in a file", "truncated", java.util.Arrays.copyOf(archive, 1300)),
                bad("cut in a header", "truncated", java.util.Arrays.copyOf(archive, 700)),
                bad(
                        "cut between entries",
                        "lacks the file",
                        new TarBuilder().file("manifest.json", manifest("c", "l")).unfinished()),
                bad("cut gzip", "cannot read", half(Compression.GZIP.of(archive))),
                bad("cut zstd", "cannot read", half(Compression.ZSTD.of(archive))),
                bad("bzip2", "only gzip and zstd", "BZh91AY&SY"),
                bad("no images", "names no image", new TarBuilder().file("manifest.json", "[]")),
                bad("deep JSON", "nesting depth", manifestOnly("[".repeat(1000))),
                bad("no JSON", "no valid JSON", manifestOnly("<html>")),
                bad("other JSON", "has no \"Config\"", manifestOnly("[{}]")),
                bad(
                        "parent folder",
                        "leads out of it",
                        new TarBuilder().file("../../etc/cron.d/x", "x")),
                bad("absolute path", "leads out of it", new TarBuilder().file("/etc/x", "x")),
                bad(
                        "absolute path in pax",
                        "leads out of it",
                        new TarBuilder().pax("path", "/etc/x").file("x", "x")),
                bad(
                        "symbolic link out",
                        "leads out of it",
                        new TarBuilder().symbolicLink("a/x", "../../etc/passwd")),
                bad(
                        "absolute symbolic link",
                        "leads out of it",
                        new TarBuilder().symbolicLink("x", "/etc/passwd")),
                bad(
                        "hard link out",
                        "leads out of it",
                        new TarBuilder().hardLink("x", "../etc/passwd")),
                bad(
                        "links in a circle",
                        "in a circle",
                        new TarBuilder()
                                .file("manifest.json", manifest("a", "b"))
                                .symbolicLink("a", "b")
                                .symbolicLink("b", "a")),
                bad("device", "special file", new TarBuilder().entry('3', "x", "", new byte[0])),
                bad("fifo", "special file", new TarBuilder().entry('6', "x", "", new byte[0])),
                bad(
                        "sparse file",
                        "special file",
                        new TarBuilder().pax("GNU.sparse.major", "1").file("x", "x")),
                bad(
                        "two contents",
                        "two different entries",
                        new TarBuilder().file("x", "1").file("./x", "2")),
                bad(
                        "file and link",
                        "two different entries",
                        new TarBuilder().file("x", "1").symbolicLink("x", "y")),
                bad(
                        "long name",
                        "leads out of it",
                        new TarBuilder().pax("path", "x".repeat(2000)).file("x", "1")),
                bad(
                        "huge extension",
                        "extension header is larger",
                        new TarBuilder().header('x', "p", "", 1L << 32)),
                bad(
                        "malformed extension",
                        "extension header",
                        new TarBuilder().entry('x', "p", "", SampleImage.text("99 a=b\n"))),
                bad(
                        "endless extensions",
                        "too many extension headers",
                        many(new TarBuilder(), 20, t -> t.pax("a", "b"))),
                bad(
                        "many entries",
                        "more than 10000 entries",
                        many(new TarBuilder(), 10_001, t -> t.folder("a"))),
                bad(
                        "damaged header",
                        "header is damaged",
                        new TarBuilder().file("a", "b").raw(SampleImage.text("x".repeat(512)))),
                bad(
                        "other configuration than its name says",
                        "with content of",
                        new TarBuilder()
                                .file("manifest.json", manifest("a".repeat(64) + ".json", "l"))
                                .file("a".repeat(64) + ".json", config)
                                .file("l", layer)),
                bad(
                        "other layer than the configuration says",
                        "has other content",
                        new TarBuilder()
                                .file("manifest.json", manifest("c", "1", "2"))
                                .file("c", config)
                                .file("1", good.blobs().get(0))
                                .file("2", good.blobs().get(0))),
                bad(
                        "fewer layers than the configuration says",
                        "has 1 layers, but its configuration names 2",
                        new TarBuilder()
                                .file("manifest.json", manifest("c", "1"))
                                .file("c", config)
                                .file("1", good.blobs().get(0))),
                bad(
                        "for another architecture",
                        "image evil:latest is for linux/arm64; this host runs linux/amd64",
                        new TarBuilder()
                                .file("manifest.json", manifest("c"))
                                .file("c", SampleImage.config("arm64", List.of()))),
                bad(
                        "malformed name",
                        "repository name must be lowercase",
                        good.dockerArchive("EVIL")),
                bad(
                        "damaged gzip in a layer",
                        "is damaged",
                        withLayer(half(Compression.GZIP.of(layer)), Digest.of(layer))),
                bad(
                        "damaged zstd in a layer",
                        "is damaged",
                        withLayer(half(Compression.ZSTD.of(layer)), Digest.of(layer))),
                bad(
                        "xz in a layer",
                        "only gzip and zstd",
                        withLayer(
                                new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, Digest.of(layer))),
                bad(
                        "decompression bomb in a layer",
                        "is larger than 1048576 bytes",
                        withLayer(bomb, Digest.of(new byte[1]))),
                bad(
                        "decompression bomb around all",
                        "is larger than 8388608 bytes",
                        Compression.ZSTD.of(
                                new TarBuilder().file("zeros", new byte[9 << 20]).build())),
                bad(
                        "layout blob with other content",
                        "with content of",
                        new TarBuilder()
                                .file(
                                        "index.json",
                                        SampleImage.index(
                                                List.of(
                                                        SampleImage.descriptor(
                                                                SampleImage.MANIFEST, config))))
                                .file("blobs/sha256/" + Digest.of(config).hex(), layer)),
                bad("layout with other size", "but its manifest says", layoutWithWrongSize(good)),
                bad("layout nested without end", "nested more than 4 deep", nested(6)),
                bad(
                        "layout for others",
                        "the image archive is for linux/arm64",
                        new TarBuilder()
                                .file(
                                        "index.json",
                                        SampleImage.index(List.of(platform(good, "arm64"))))));
    }

    private static byte[] half(byte[] bytes) {
        return java.util.Arrays.copyOf(bytes, bytes.length / 2);
    }

    private static TarBuilder many(TarBuilder tar, int count, Consumer<TarBuilder> add) {
        for (int i = 0; i < count; i++) {
            add.accept(tar);
        }
        return tar;
    }

    private static TarBuilder manifestOnly(String json) {
        return new TarBuilder().file("manifest.json", json);
    }

    private static TarBuilder withLayer(byte[] blob, Digest diffId) {
        return new TarBuilder()
                .file("manifest.json", manifest("c", "l"))
                .file("c", SampleImage.config("amd64", List.of(diffId)))
                .file("l", blob);
    }

    private static TarBuilder layoutWithWrongSize(SampleImage image) {
        byte[] manifest =
                JsonObject.write(
                        Map.of(
                                "config",
                                SampleImage.with(
                                        SampleImage.descriptor(SampleImage.CONFIG, image.config()),
                                        "size",
                                        1),
                                "layers",
                                List.of()));
        TarBuilder tar =
                new TarBuilder()
                        .file(
                                "index.json",
                                SampleImage.index(
                                        List.of(
                                                SampleImage.descriptor(
                                                        SampleImage.MANIFEST, manifest))));
        return image.addBlobs(SampleImage.blob(tar, manifest));
    }

    private static TarBuilder nested(int depth) {
        TarBuilder tar = new TarBuilder();
        byte[] index = SampleImage.index(List.of());
        for (int i = 0; i < depth; i++) {
            SampleImage.blob(tar, index);
            index = SampleImage.index(List.of(SampleImage.descriptor(SampleImage.INDEX, index)));
        }
        return tar.file("index.json", index);
    }

    private static Arguments bad(String what, String why, Object archive) {
        byte[] bytes =
                switch (archive) {
                    case TarBuilder tar -> tar.build();
                    case String text -> SampleImage.text(text);
                    case byte[] given -> given;
                    default -> throw new IllegalArgumentException(what);
                };
        return Arguments.of(what, why, bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void refusesAndLeavesNothingBehind(String what, String why, byte[] archive) throws IOException {
        Path small = folder.resolve("small");
        ImageSettings settings = Store.settings(List.of());
        try (Store own =
                new Store(small, new ImageSettings("", 1 << 20, 8 << 20, settings.registry()))) {
            assertThatThrownBy(() ->
                            own.images.load(new ByteArrayInputStream(archive), own.progress::add))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining(why)
                    .hasMessageNotContaining("\n");
            assertThat(own.files()).isEmpty();
            assertThat(own.storage.layers()).isEmpty();
            assertThat(own.images.list()).isEmpty();
            assertThat(own.progress).isEmpty();
        }
    }

    @Test
    void keepsNothingOfAnArchiveWhoseSecondImageIsBad() throws IOException {
        SampleImage good = SampleImage.of(Compression.NONE, "one");
        byte[] manifest =
                JsonObject.write(
                        List.of(
                                Map.of(
                                        "Config",
                                        "c1",
                                        "RepoTags",
                                        List.of("a"),
                                        "Layers",
                                        List.of("l")),
                                Map.of(
                                        "Config",
                                        "c2",
                                        "RepoTags",
                                        List.of("b"),
                                        "Layers",
                                        List.of("l"))));
        byte[] archive =
                new TarBuilder()
                        .file("manifest.json", manifest)
                        .file("l", good.blobs().getFirst())
                        .file("c1", good.config())
                        .file("c2", SampleImage.config("amd64", List.of(Digest.of(new byte[1]))))
                        .build();
        assertThatThrownBy(() -> load(archive)).isInstanceOf(InvalidSpec.class);
        assertThat(store.files()).isEmpty();
        assertThat(store.storage.layers()).isEmpty();
    }

    @Test
    void stopsWhenItsCallerIsInterrupted() throws Exception {
        byte[] archive = SampleImage.of(Compression.NONE, "one").dockerArchive("a").build();
        Throwable[] thrown = new Throwable[1];
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            try {
                                load(archive);
                            } catch (HyperException e) {
                                thrown[0] = e;
                            }
                        });
        caller.join();
        assertThat(thrown[0]).isInstanceOf(io.hypercontainer.api.Interrupted.class);
        assertThat(store.files()).isEmpty();
    }
}
