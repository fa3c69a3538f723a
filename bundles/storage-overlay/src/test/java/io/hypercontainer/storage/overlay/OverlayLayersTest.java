// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root.BlockLayers;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayLayersTest {
    private static final DefaultSizes SIZES = DefaultSizes.ofMib(64, 48);
    private static final Layer LAYER = TestLayer.number(1);
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    @TempDir private Path base;
    private OverlayDriver driver;

    @BeforeEach
    void startDriver() {
        driver = new OverlayDriver(base, SIZES);
    }

    @Test
    void aLayerIsThereAfterItsImport() throws IOException {
        assertThat(driver.hasLayer(LAYER)).isFalse();

        driver.importLayer(LAYER, new TarBuilder().file("a", "text").stream(), () -> {});

        assertThat(driver.hasLayer(LAYER)).isTrue();
        assertThat(new OverlayDriver(base, SIZES).hasLayer(LAYER)).isTrue();
        Path image = rootOf(LAYER).layers().getFirst().file();
        assertThat(ErofsReader.read(image).at("a").text()).isEqualTo("text");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image)))
                .as("readable by an unprivileged hypervisor")
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aLayerIsInvisibleUntilItIsVerified() {
        driver.importLayer(
                LAYER,
                new TarBuilder().file("a", "text").stream(),
                () -> assertThat(driver.hasLayer(LAYER)).isFalse());

        assertThat(driver.hasLayer(LAYER)).isTrue();
    }

    @Test
    void contentThatIsNotTheLayersIsThrownAway() {
        var notTheLayer = new InvalidSpec("digest differs");

        assertThatThrownBy(() ->
                        driver.importLayer(
                                LAYER,
                                new TarBuilder().file("a", "text").stream(),
                                () -> {
                                    throw notTheLayer;
                                }))
                .isSameAs(notTheLayer);

        assertNothingIsLeft();
    }

    @Test
    void aSourceThatBreaksLeavesNothing() throws IOException {
        var broken = new PipedInputStream(new PipedOutputStream());
        broken.close();

        assertThatThrownBy(() -> driver.importLayer(LAYER, broken, () -> {}))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining(LAYER.diffId())
                .hasMessageContaining("Pipe closed");

        assertNothingIsLeft();
    }

    @Test
    void anInterruptedImportLeavesNothing() {
        InputStream tar = new TarBuilder().file("a", new byte[1 << 20]).stream();
        var interrupting =
                new FilterInputStream(tar) {
                    @Override
                    public int read(byte[] b, int off, int len) throws IOException {
                        Thread.currentThread().interrupt();
                        return super.read(b, off, len);
                    }
                };

        assertThatThrownBy(() -> driver.importLayer(LAYER, interrupting, () -> {}))
                .isInstanceOf(Interrupted.class);

        assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
        assertNothingIsLeft();
    }

    @Test
    void importsOfOneLayerAtOnceShareTheWork() throws Exception {
        var reading = new CountDownLatch(1);
        var source = new PipedOutputStream();
        var slow =
                new PipedInputStream(source) {
                    @Override
                    public synchronized int read(byte[] b, int off, int len) throws IOException {
                        reading.countDown();
                        return super.read(b, off, len);
                    }
                };
        var first =
                CompletableFuture.runAsync(
                        () -> driver.importLayer(LAYER, slow, () -> {}), VIRTUAL);
        reading.await();
        InputStream untouched = new TarBuilder().file("b", "second").stream();
        int available = untouched.available();
        var second =
                CompletableFuture.runAsync(
                        () -> driver.importLayer(LAYER, untouched, () -> {}), VIRTUAL);

        source.write(new TarBuilder().file("a", "first").bytes());
        source.close();
        first.get();
        second.get();

        assertThat(untouched.available()).isEqualTo(available);
        assertThat(ErofsReader.read(rootOf(LAYER).layers().getFirst().file()).paths())
                .containsExactly("", "a");
    }

    @Test
    void aLayerInUseCannotBeRemovedEvenAfterARestart() {
        driver.importLayer(LAYER, new TarBuilder().stream(), () -> {});
        driver.prepareRoot(root("c1", LAYER));
        driver.prepareRoot(root("c2", LAYER, LAYER));
        driver.releaseRoot("c1");
        driver = new OverlayDriver(base, SIZES);

        assertThatThrownBy(() -> driver.removeLayer(LAYER))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(LAYER.diffId());

        driver.releaseRoot("c2");
        driver.removeLayer(LAYER);
        driver.removeLayer(LAYER);
        assertNothingIsLeft();
    }

    @Test
    void aDigestThatIsAPathIsRefused() {
        var layer = new Layer("sha256:../../etc/passwd", List.of());

        assertThatThrownBy(() -> driver.removeLayer(layer)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> driver.hasLayer(layer)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> driver.prepareRoot(root("c", layer)))
                .isInstanceOf(InvalidSpec.class);
    }

    private BlockLayers rootOf(Layer layer) {
        return (BlockLayers) driver.prepareRoot(root("any", layer));
    }

    private static RootSpec root(String container, Layer... layers) {
        List<String> ids = List.of(layers).stream().map(Layer::diffId).toList();
        return new RootSpec(container, ids, 0, true, RootForm.BLOCK_LAYERS);
    }

    private void assertNothingIsLeft() {
        assertThat(driver.hasLayer(LAYER)).isFalse();
        assertThat(base.resolve("layers")).isEmptyDirectory();
        assertThat(base.resolve("tmp")).isEmptyDirectory();
    }
}
