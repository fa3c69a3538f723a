// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static io.hypercontainer.image.registry.ScriptedRegistry.answer;
import static io.hypercontainer.image.registry.ScriptedRegistry.answering;
import static io.hypercontainer.image.registry.ScriptedRegistry.blobPath;
import static io.hypercontainer.image.registry.ScriptedRegistry.breakAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images.Credentials;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.registry.ScriptedRegistry;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What registries do wrong. */
class RegistryTroubleTest {
    private static final String MANIFEST = "/v2/a/manifests/latest";

    @TempDir Path folder;
    private final SampleImage sample = SampleImage.large(Compression.GZIP, 300_000, 7);
    private final byte[] layer = sample.blobs().getFirst();
    private final String layerPath = blobPath("a", layer);
    private ScriptedRegistry registry;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        registry = new ScriptedRegistry();
        store = new Store(folder);
    }

    @AfterEach
    void close() {
        store.close();
        registry.close();
    }

    private Image pull() {
        return pull(store);
    }

    private Image pull(Store from) {
        return from.images.pull(registry.host() + "/a", Credentials.NONE, from.progress::add);
    }

    private void assertFails(Class<? extends HyperException> kind, String why) throws IOException {
        assertThatThrownBy(this::pull)
                .isInstanceOf(kind)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        assertThat(store.files()).isEmpty();
        assertThat(store.storage.layers()).isEmpty();
        assertThat(store.images.list()).isEmpty();
    }

    static Stream<Arguments> refusals() {
        String denied = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\\nway\"}]}";
        return Stream.of(
                Arguments.of(401, "text/plain", "", Unavailable.class, "pull access denied for"),
                Arguments.of(403, "application/json", denied, Unavailable.class, "DENIED: no?way"),
                Arguments.of(404, "text/plain", "gone", NotFound.class, "HTTP 404, gone"),
                Arguments.of(404, "text/html", "<html>", NotFound.class, "with a web page"),
                Arguments.of(
                        429, "text/plain", "", Unavailable.class, "allows no more requests now"),
                Arguments.of(500, "text/plain", "", Unavailable.class, "answers HTTP 500"),
                Arguments.of(502, "text/html", "<html>", Unavailable.class, "with a web page"),
                Arguments.of(200, "text/html", "<html>", Unavailable.class, "is no registry"),
                Arguments.of(
                        200, "application/json", "{\"a\":", InvalidSpec.class, "no valid JSON"),
                Arguments.of(
                        200, "application/json", "[".repeat(9999), InvalidSpec.class, "nesting"),
                Arguments.of(
                        200, "application/vnd.x", "{\"layers\":[]}", InvalidSpec.class, "vnd.x"),
                Arguments.of(
                        200,
                        "application/vnd.docker.distribution.manifest.v1+prettyjws",
                        "{}",
                        InvalidSpec.class,
                        "obsolete"),
                Arguments.of(
                        200,
                        SampleImage.MANIFEST,
                        " ".repeat((4 << 20) + 1),
                        InvalidSpec.class,
                        "is larger than 4194304"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void explainsInOneLine(
            int status, String type, String body, Class<? extends HyperException> kind, String why)
            throws IOException {
        registry.on(MANIFEST, answering(status, type, body));
        assertFails(kind, why);
    }

    @Test
    void saysWhenToTryAgain() throws IOException {
        registry.on(
                MANIFEST,
                exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "30");
                    answer(exchange, 429, "text/plain", new byte[0]);
                });
        assertFails(Unavailable.class, "try again in 30 s");
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String name = "127.0.0.1:" + port + "/a";
        assertThatThrownBy(() -> store.images.pull(name, Credentials.NONE, event -> {}))
                .isInstanceOf(Unavailable.class)
                .hasMessage(
                        "cannot fetch the manifest of %s:latest: 127.0.0.1:%d cannot be reached:"
                                        .formatted(name, port)
                                + " connection refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:99999/a", "127.0.0.1:0/a", "no-such-host.invalid/a"})
    void saysThatARegistryCannotBeThere(String name) {
        assertThatThrownBy(() -> store.images.pull(name, Credentials.NONE, event -> {}))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("cannot fetch the manifest of " + name + ":latest: ");
    }

    @Test
    void givesUpOnARegistryThatIsSilent() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        registry.serve("a", "latest", sample);
        registry.on(
                layerPath,
                exchange -> {
                    breakAfter(exchange, 200, layer, 0, 1000);
                    awaitQuietly(end);
                });
        try (Store hasty =
                new Store(
                        folder.resolve("hasty"),
                        Store.settings(List.of(), Duration.ofMillis(300)))) {
            assertThatThrownBy(() -> pull(hasty))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("does not answer: nothing came for");
            assertThat(hasty.files()).isEmpty();
        } finally {
            end.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refusesAManifestOfAnotherDigest() throws IOException {
        registry.on(
                MANIFEST,
                exchange -> {
                    exchange.getResponseHeaders()
                            .set("Docker-Content-Digest", Digest.of(layer).toString());
                    answer(exchange, 200, SampleImage.MANIFEST, sample.manifest());
                });
        assertFails(InvalidSpec.class, "was damaged on the way");
        String digest = Digest.of(layer).toString();
        registry.on(
                "/v2/a/manifests/" + digest,
                exchange -> answer(exchange, 200, SampleImage.MANIFEST, sample.manifest()));
        assertThatThrownBy(() ->
                        store.images.pull(
                                registry.host() + "/a@" + digest, Credentials.NONE, event -> {}))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("was damaged on the way");
    }

    @Test
    void refusesABlobOfAnotherDigest() throws IOException {
        registry.serve("a", "latest", sample);
        byte[] other = layer.clone();
        other[other.length / 2] ^= 1;
        registry.on(layerPath, exchange -> answer(exchange, 200, "x/y", other));
        assertFails(InvalidSpec.class, "");
    }

    @Test
    void refusesABlobOfAnotherLength() throws IOException {
        registry.serve("a", "latest", sample);
        byte[] longer = java.util.Arrays.copyOf(layer, layer.length + 1);
        registry.on(layerPath, exchange -> answer(exchange, 200, "x/y", longer));
        assertFails(InvalidSpec.class, "its manifest says " + layer.length + " bytes");
        registry.on(
                layerPath,
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(longer);
                });
        assertFails(InvalidSpec.class, "is longer than the " + layer.length + " bytes");
    }

    @Test
    void refusesALayerThatIsNotWhatTheConfigurationSays() throws IOException {
        SampleImage lying =
                new SampleImage(
                        SampleImage.config("amd64", List.of(Digest.of(new byte[1]))),
                        sample.archives(),
                        sample.blobs(),
                        sample.layerTypes());
        registry.serve("a", "latest", lying);
        assertFails(InvalidSpec.class, "has other content");
    }

    @Test
    void refusesDecompressionBombsAndLargeImages() throws IOException {
        SampleImage bomb =
                SampleImage.ofArchives(
                        Compression.ZSTD,
                        List.of(new TarBuilder().file("zeros", new byte[3 << 20]).build()),
                        "amd64");
        registry.serve("a", "latest", bomb).serve("a", "large", sample);
        ImageSettings small =
                new ImageSettings("", 1 << 20, 1 << 18, Store.settings(List.of()).registry());
        try (Store own = new Store(folder.resolve("small"), small)) {
            assertThatThrownBy(() -> pull(own))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining("is larger than 1048576 bytes uncompressed");
            assertThatThrownBy(() ->
                            own.images.pull(
                                    registry.host() + "/a:large", Credentials.NONE, event -> {}))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining("is larger than 262144 bytes");
            assertThat(own.files()).isEmpty();
            assertThat(own.storage.layers()).isEmpty();
        }
    }

    @Test
    void takesABrokenDownloadUpWhereItBroke() throws IOException {
        registry.serve("a", "latest", sample);
        registry.on(
                layerPath,
                exchange -> {
                    String range = exchange.getRequestHeaders().getFirst("Range");
                    int offset =
                            range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
                    int left = layer.length - offset;
                    exchange.getResponseHeaders()
                            .set(
                                    "Content-Range",
                                    "bytes %d-%d/%d"
                                            .formatted(offset, layer.length - 1, layer.length));
                    breakAfter(
                            exchange,
                            range == null ? 200 : 206,
                            layer,
                            offset,
                            registry.requests(layerPath).size() < 4 ? left / 2 : left);
                });

        assertThat(pull().id()).isEqualTo(sample.id());

        List<Integer> offsets =
                registry.requests(layerPath).stream()
                        .map(ScriptedRegistry.Request::range)
                        .map(range -> range.replaceAll("[^0-9]", ""))
                        .map(offset -> offset.isEmpty() ? 0 : Integer.parseInt(offset))
                        .toList();
        // A connection that breaks may take with it what had been sent: an attempt can gain
        // nothing.
        assertThat(offsets).hasSize(4).isSorted();
        assertThat(offsets.getLast()).isPositive();
        assertThat(store.statuses()).contains("Retrying in 1 seconds");
    }

    @Test
    void resumesAlsoWhereRangesAreUnknown() throws IOException {
        registry.serve("a", "latest", sample);
        registry.on(
                layerPath,
                exchange ->
                        breakAfter(
                                exchange,
                                200,
                                layer,
                                0,
                                registry.requests(layerPath).size() < 3
                                        ? layer.length / 2
                                        : layer.length));
        assertThat(pull().id()).isEqualTo(sample.id());
    }

    @Test
    void givesUpWhenADownloadBreaksTooOften() throws IOException {
        registry.serve("a", "latest", sample);
        registry.on(layerPath, exchange -> breakAfter(exchange, 200, layer, 0, 10));
        assertFails(Unavailable.class, "cannot fetch blob " + sample.blobDigest(0));
        assertThat(registry.requests(layerPath)).hasSize(4);
    }

    @Test
    void triesAgainWhenTheServerIsInTrouble() throws IOException {
        registry.serve("a", "latest", sample);
        registry.guard(
                layerPath,
                exchange -> {
                    if (registry.requests(layerPath).size() > 2) {
                        return true;
                    }
                    answer(exchange, 503, "text/html", SampleImage.text("<html>"));
                    return false;
                });
        assertThat(pull().id()).isEqualTo(sample.id());
    }

    @Test
    void sendsLoginsToTheRegistryAlone() throws IOException {
        try (ScriptedRegistry other = new ScriptedRegistry()) {
            registry.serve("a", "latest", sample);
            other.on("/store", exchange -> answer(exchange, 200, "x/y", layer));
            for (String path : List.of(MANIFEST, layerPath, blobPath("a", sample.config()))) {
                registry.guard(path, this::wantsBasic);
            }
            registry.on(
                    layerPath,
                    exchange -> {
                        exchange.getResponseHeaders()
                                .set("Location", "http://localhost:" + other.port() + "/store");
                        answer(exchange, 307, "x/y", new byte[0]);
                    });

            Image image =
                    store.images.pull(
                            registry.host() + "/a", new Credentials("u", "p"), event -> {});

            assertThat(image.id()).isEqualTo(sample.id());
            assertThat(registry.requests(layerPath))
                    .allMatch(request -> request.authorization().equals("Basic dTpw"));
            assertThat(other.requests())
                    .singleElement()
                    .matches(request -> request.authorization().isEmpty());
        }
    }

    private boolean wantsBasic(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
        if ("Basic dTpw".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return true;
        }
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
        answer(exchange, 401, "text/plain", new byte[0]);
        return false;
    }

    @ParameterizedTest
    @MethodSource("locations")
    void followsNoRedirectionThatIsNotTrusted(String location, String why) throws IOException {
        registry.on(
                MANIFEST,
                exchange -> {
                    exchange.getResponseHeaders().set("Location", location);
                    answer(exchange, 302, "text/plain", new byte[0]);
                });
        assertFails(Unavailable.class, why);
    }

    static Stream<Arguments> locations() {
        return Stream.of(
                Arguments.of(MANIFEST, "redirects in a circle"),
                Arguments.of("http://registry.example/x", "which is not trusted"),
                Arguments.of("file:///etc/passwd", "which is not trusted"),
                Arguments.of("https://user@registry.example/", "which is not trusted"),
                Arguments.of("http://[", "which is not trusted"));
    }

    @Test
    void asksMirrorsForImagesOfTheHubFirst() throws IOException {
        try (ScriptedRegistry broken = new ScriptedRegistry();
                Store own =
                        new Store(
                                folder.resolve("own"),
                                Store.settings(
                                        List.of(
                                                java.net.URI.create("http://" + broken.host()),
                                                java.net.URI.create(
                                                        "http://" + registry.host() + "/p"))))) {
            broken.on("/v2/library/busybox/manifests/latest", answering(500, "text/plain", ""));
            String prefix = "/p/v2/library/busybox/";
            registry.on(
                            prefix + "manifests/latest",
                            exchange ->
                                    answer(exchange, 200, SampleImage.MANIFEST, sample.manifest()))
                    .on(
                            prefix + "blobs/" + Digest.of(layer),
                            exchange -> answer(exchange, 200, "x/y", layer))
                    .on(
                            prefix + "blobs/" + Digest.of(sample.config()),
                            exchange -> answer(exchange, 200, "x/y", sample.config()));

            Image image = own.images.pull("busybox", new Credentials("u", "p"), event -> {});

            assertThat(image.references()).containsExactly("busybox:latest");
            assertThat(broken.requests()).isNotEmpty();
            assertThat(registry.requests())
                    .isNotEmpty()
                    .allMatch(request -> request.authorization().isEmpty());
        }
    }

    @Test
    void goesOnWhileAnybodyWaitsAndStopsWhenNobodyDoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        registry.serve("a", "latest", sample);
        registry.on(
                layerPath,
                exchange -> {
                    exchange.sendResponseHeaders(200, layer.length);
                    exchange.getResponseBody().write(layer, 0, 1000);
                    exchange.getResponseBody().flush();
                    begun.countDown();
                    awaitQuietly(goOn);
                    exchange.getResponseBody().write(layer, 1000, layer.length - 1000);
                });
        Caller impatient = new Caller(this::pull);
        begun.await();
        CountDownLatch joined = new CountDownLatch(1);
        Caller patient =
                new Caller(() ->
                        store.images.pull(
                                registry.host() + "/a",
                                Credentials.NONE,
                                event -> countLayer(event, joined)));
        joined.await();
        impatient.interrupt();
        assertThat(impatient.failure()).isInstanceOf(Interrupted.class);
        goOn.countDown();
        assertThat(patient.failure()).isNull();
        assertThat(store.images.get(registry.host() + "/a").id()).isEqualTo(sample.id());
        assertThat(registry.requests(layerPath)).hasSize(1);
    }

    private static void countLayer(Progress event, CountDownLatch latch) {
        if (event.status().equals("Pulling fs layer")) {
            latch.countDown();
        }
    }

    @Test
    void leavesNothingBehindWhenItIsInterrupted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        registry.serve("a", "latest", sample);
        registry.on(
                layerPath,
                exchange -> {
                    breakAfter(exchange, 200, layer, 0, 1000);
                    begun.countDown();
                    awaitQuietly(never);
                });
        Caller caller = new Caller(this::pull);
        begun.await();
        caller.interrupt();
        assertThat(caller.failure()).isInstanceOf(Interrupted.class);
        store.close();
        never.countDown();
        assertNothingLeft();
    }

    @Test
    void triesItsOwnSourceWhenAnothersFails() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        registry.serve("a", "latest", sample).serve("b", "latest", sample);
        registry.on(
                layerPath,
                exchange -> {
                    begun.countDown();
                    awaitQuietly(goOn);
                    answer(exchange, 403, "text/plain", new byte[0]);
                });
        Caller first = new Caller(this::pull);
        begun.await();
        Caller second =
                new Caller(() ->
                        store.images.pull(
                                registry.host() + "/b",
                                Credentials.NONE,
                                event -> countLayer(event, goOn)));
        assertThat(first.failure())
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("pull access denied");
        assertThat(second.failure()).isNull();
    }

    @Test
    void asksForATokenAndUsesItAgain() throws IOException {
        registry.serve("a", "latest", sample);
        registry.on(
                "/token",
                answering(200, "application/json", "{\"token\":\"good\",\"expires_in\":300}"));
        List.of(MANIFEST, layerPath, blobPath("a", sample.config()))
                .forEach(path -> registry.guard(path, this::wantsToken));

        Image image = store.images.pull(registry.host() + "/a", new Credentials("u", "p"), e -> {});

        assertThat(image.id()).isEqualTo(sample.id());
        assertThat(registry.requests("/token"))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.authorization()).isEqualTo("Basic dTpw");
                    assertThat(request.query())
                            .isEqualTo("service=the+service&scope=repository:a:pull");
                });
        int before = registry.requests().size();
        store.images.pull(registry.host() + "/a", new Credentials("u", "p"), e -> {});
        assertThat(registry.requests()).hasSize(before + 1);
    }

    private boolean wantsToken(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
        if ("Bearer good".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return true;
        }
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://%s/token\",service=\"the service\""
                                        .formatted(registry.host())
                                + ",scope=\"repository:a:pull\"");
        answer(exchange, 401, "text/plain", new byte[0]);
        return false;
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void explainsWhyThereIsNoToken(int status, String body, String why) throws IOException {
        registry.serve("a", "latest", sample).guard(MANIFEST, this::wantsToken);
        registry.on("/token", answering(status, "application/json", body));
        assertFails(Unavailable.class, why);
    }

    static Stream<Arguments> tokens() {
        return Stream.of(
                Arguments.of(401, "{}", "refuses access to a: HTTP 401"),
                Arguments.of(500, "{}", "gives no token for a: HTTP 500"),
                Arguments.of(200, "{}", "empty or malformed"),
                Arguments.of(200, "{\"token\":\"a\\r\\nX: y\"}", "empty or malformed"),
                Arguments.of(200, "<html>", "no valid JSON"),
                Arguments.of(200, "{\"token\":\"bad\"}", "pull access denied"));
    }

    @Test
    void asksNoUntrustedServerForATokenByPlainHttp() throws IOException {
        registry.on(
                MANIFEST,
                exchange -> {
                    exchange.getResponseHeaders()
                            .set("WWW-Authenticate", "Bearer realm=\"http://registry.example/\"");
                    answer(exchange, 401, "text/plain", new byte[0]);
                });
        assertFails(Unavailable.class, "which is not trusted");
    }

    @Test
    void refusesAConfigurationThatIsTooLarge() throws IOException {
        byte[] manifest =
                JsonObject.write(
                        Map.of(
                                "config",
                                SampleImage.with(
                                        SampleImage.descriptor(SampleImage.CONFIG, layer),
                                        "size",
                                        1L << 40),
                                "layers",
                                List.of()));
        registry.on(MANIFEST, exchange -> answer(exchange, 200, SampleImage.MANIFEST, manifest));
        assertFails(InvalidSpec.class, "configuration of");
    }
}
