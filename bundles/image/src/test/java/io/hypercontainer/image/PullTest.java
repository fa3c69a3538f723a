// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images.Credentials;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.registry.DockerRegistry;
import io.hypercontainer.image.registry.RegistrySettings;
import io.hypercontainer.image.spec.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against Debian's docker-registry. */
class PullTest {
    @TempDir Path folder;
    private DockerRegistry registry;
    private Store store;

    @BeforeEach
    void open() throws Exception {
        registry = new DockerRegistry(Files.createDirectory(folder.resolve("registry")), false);
        store = new Store(folder);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        registry.close();
    }

    private Image pull(String name) {
        return store.images.pull(
                registry.host() + "/" + name, Credentials.NONE, store.progress::add);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void pullsAnImageAndTellsItInDockersWords(Compression compression) throws Exception {
        SampleImage sample = SampleImage.of(compression, "one", "two");
        registry.push("a/b", "1", sample);

        Image image = pull("a/b:1");

        assertThat(image.id()).isEqualTo(sample.id());
        assertThat(image.references()).containsExactly(registry.host() + "/a/b:1");
        assertThat(image.digests())
                .containsExactly(registry.host() + "/a/b@" + Digest.of(sample.manifest()));
        assertThat(store.storage.imported).isEqualTo(image.layers());
        assertThat(store.files("blobs")).hasSize(4);
        assertThat(store.files("tmp")).isEmpty();
        assertThat(store.files("unsettled")).isEmpty();
        assertThat(statusesOf(""))
                .containsExactly(
                        "1: Pulling from a/b",
                        "Digest: " + Digest.of(sample.manifest()),
                        "Status: Downloaded newer image for " + registry.host() + "/a/b:1");
        assertThat(statusesOf(sample.blobDigest(0).brief()))
                .containsSubsequence(
                        "Pulling fs layer",
                        "Downloading",
                        "Verifying Checksum",
                        "Download complete",
                        "Pull complete");
    }

    private List<String> statusesOf(String item) {
        return store.progress.stream()
                .filter(event -> event.item().equals(item))
                .map(Progress::status)
                .toList();
    }

    @Test
    void pullsByDigest() throws Exception {
        SampleImage sample = SampleImage.of(Compression.GZIP, "one");
        registry.push("a", "1", sample);
        String name = "a@" + Digest.of(sample.manifest());
        Image image = pull(name);
        assertThat(image.references()).isEmpty();
        assertThat(image.digests()).containsExactly(registry.host() + "/" + name);
        assertThat(store.images.get(registry.host() + "/" + name)).isEqualTo(image);
    }

    @Test
    void asksOnceWhetherATagHasChanged() throws Exception {
        SampleImage first = SampleImage.of(Compression.GZIP, "one");
        registry.push("a", "latest", first);
        pull("a");
        int before = registry.requests(3, "127.0.0.1", "GET");
        store.progress.clear();

        Image again = pull("a");

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(registry.requests(1, "HEAD /v2/a/manifests/latest")).isEqualTo(1);
        assertThat(registry.requests(before, "127.0.0.1", "GET")).isEqualTo(before);
        assertThat(store.statuses())
                .last()
                .isEqualTo("Status: Image is up to date for " + registry.host() + "/a:latest");

        SampleImage second = SampleImage.of(Compression.GZIP, "one", "two");
        registry.push("a", "latest", second);
        store.progress.clear();
        assertThat(pull("a").id()).isEqualTo(second.id());
        assertThat(statusesOf(second.blobDigest(0).brief())).containsExactly("Already exists");
        assertThat(store.images.get(first.id()).references()).isEmpty();
    }

    @Test
    void takesTheGuestsPlatformFromAnIndex() throws Exception {
        SampleImage mine = SampleImage.of(Compression.GZIP, "mine");
        SampleImage other =
                SampleImage.ofArchives(
                        Compression.GZIP, List.of(new TarBuilder().build()), "arm64");
        registry.push("a", "amd64", mine);
        registry.push("a", "arm64", other);
        byte[] index =
                SampleImage.index(List.of(platform(other, "arm64"), platform(mine, "amd64")));
        registry.pushManifest("a", "all", SampleImage.INDEX, index);

        Image image = pull("a:all");
        assertThat(image.id()).isEqualTo(mine.id());
        assertThat(image.digests()).containsExactly(registry.host() + "/a@" + Digest.of(index));
        assertThatThrownBy(() -> pull("a:arm64"))
                .hasMessage(
                        "image "
                                + registry.host()
                                + "/a:arm64 is for linux/arm64; this host runs linux/amd64");
    }

    private static Map<String, Object> platform(SampleImage image, String architecture) {
        return SampleImage.with(
                SampleImage.descriptor(SampleImage.MANIFEST, image.manifest()),
                "platform",
                Map.of("os", "linux", "architecture", architecture));
    }

    @Test
    void saysWhatTheRegistryDoesNotHave() {
        assertThatThrownBy(() -> pull("no/such:image"))
                .isInstanceOf(NotFound.class)
                .hasMessageStartingWith(
                        "manifest for " + registry.host() + "/no/such:image not found: ")
                .hasMessageContaining("HTTP 404, ");
        assertThatThrownBy(() -> store.images.get("no/such:image"))
                .isInstanceOf(NotFound.class)
                .hasMessage(
                        "no such image: no/such:image; fetch it with: hyperctl pull no/such:image");
    }

    @Test
    void sharesTheWorkOfConcurrentPulls() throws Exception {
        SampleImage sample = SampleImage.large(Compression.GZIP, 4 << 20, 1);
        SampleImage other = SampleImage.of(Compression.GZIP, "one", "two");
        SampleImage both =
                SampleImage.ofArchives(
                        Compression.GZIP,
                        List.of(sample.archives().getFirst(), other.archives().getFirst()),
                        "amd64");
        registry.push("a", "1", sample);
        registry.push("b", "1", both);

        List<Future<Image>> pulls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                pulls.add(threads.submit(() -> pull("a:1")));
                pulls.add(threads.submit(() -> pull("b:1")));
            }
        }

        for (Future<Image> pull : pulls) {
            assertThat(pull.get().layers().getFirst())
                    .isEqualTo(Digest.of(sample.archives().getFirst()).toString());
        }
        for (byte[] blob :
                List.of(
                        sample.config(),
                        both.config(),
                        sample.blobs().get(0),
                        both.blobs().get(1))) {
            assertThat(registry.requests(1, "GET", Digest.of(blob).toString())).isEqualTo(1);
        }
        assertThat(store.storage.imported).hasSize(2).doesNotHaveDuplicates();
        assertThat(store.files("tmp")).isEmpty();
        assertThat(store.files("unsettled")).isEmpty();
    }

    @Test
    void fetchesAgainWhatWasDamagedOrLost() throws Exception {
        SampleImage sample = SampleImage.of(Compression.GZIP, "one", "two");
        registry.push("a", "1", sample);
        pull("a:1");
        Files.delete(store.root.resolve("blobs/sha256/" + sample.blobDigest(0).hex()));
        Image image = pull("a:1");
        assertThat(registry.requests(2, "GET", sample.blobDigest(0).toString())).isEqualTo(2);
        assertThat(registry.requests(1, "GET", sample.blobDigest(1).toString())).isEqualTo(1);
        assertThat(store.images.get(image.id())).isEqualTo(image);
    }

    @Test
    void speaksPlainHttpOnlyWhereItIsAllowed() throws Exception {
        registry.push("a", "1", SampleImage.of(Compression.GZIP, "one"));
        try (Store strict = new Store(folder.resolve("strict"), strict())) {
            assertThatThrownBy(() ->
                            strict.images.pull(
                                    registry.host() + "/a:1", Credentials.NONE, event -> {}))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("cannot be trusted, TLS failed")
                    .hasMessageContaining("insecureRegistries");
        }
    }

    private static ImageSettings strict() {
        RegistrySettings lax = Store.settings(List.of()).registry();
        return new ImageSettings(
                "",
                1 << 20,
                1 << 20,
                new RegistrySettings(
                        Set.of(),
                        List.of(),
                        3,
                        lax.connectTime(),
                        lax.silence(),
                        lax.resumptions(),
                        lax.pause()));
    }

    @Test
    void logsInWithPasswords() throws Exception {
        Path own = Files.createDirectory(folder.resolve("private"));
        try (DockerRegistry closed = new DockerRegistry(own, true)) {
            SampleImage sample = SampleImage.of(Compression.GZIP, "one");
            closed.push("a", "1", sample);
            String name = closed.host() + "/a:1";

            Image image =
                    store.images.pull(
                            name,
                            new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD),
                            event -> {});
            assertThat(image.id()).isEqualTo(sample.id());
            assertThatThrownBy(() -> store.images.pull(name, Credentials.NONE, event -> {}))
                    .isInstanceOf(Unavailable.class);
            store.images.remove(name, false);
            assertThatThrownBy(() -> store.images.pull(name, Credentials.NONE, event -> {}))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage(
                            "pull access denied for "
                                    + closed.host()
                                    + "/a: it does not exist, or a login to "
                                    + closed.host()
                                    + " is needed");
            assertThatThrownBy(() ->
                            store.images.pull(
                                    name,
                                    new Credentials(DockerRegistry.USER, "wrong"),
                                    event -> {}))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("does not accept the login of user")
                    .hasMessageNotContaining("wrong");
        }
    }
}
