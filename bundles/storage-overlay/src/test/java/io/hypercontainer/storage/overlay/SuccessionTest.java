// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver is exchanged for another one while something goes on in it. */
class SuccessionTest {
    private static final DefaultSizes SIZES = new DefaultSizes(64L << 20, 64L << 20);
    private static final Layer LAYER = new Layer("sha256:" + "a".repeat(64), List.of());

    @TempDir Path base;

    @Test
    void anImportThatGoesOnIsNotDisturbedByTheSuccessor() throws Exception {
        var old = new OverlayDriver(base, SIZES);
        var reading = new CountDownLatch(1);
        var succeeded = new CountDownLatch(1);
        var tar = new ByteArrayInputStream(new byte[1024]);
        var slow =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) {
                        reading.countDown();
                        try {
                            succeeded.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return tar.read(bytes, offset, length);
                    }
                };
        var imported = CompletableFuture.runAsync(() -> old.importLayer(LAYER, slow, () -> {}));
        reading.await();

        old.deactivate();
        var successor = new OverlayDriver(base, SIZES);
        assertThat(successor.hasLayer(LAYER)).isFalse();
        succeeded.countDown();
        imported.get();

        assertThat(successor.hasLayer(LAYER)).isTrue();
        assertThat(base.resolve("tmp")).isEmptyDirectory();
        assertThat(base.resolve("locks")).isEmptyDirectory();
    }

    @Test
    void whatACrashHasLeftIsGoneWithItsLock() throws Exception {
        new OverlayDriver(base, SIZES);
        Files.writeString(base.resolve("tmp/half"), "half an image");
        Files.createFile(base.resolve("locks/half"));

        new OverlayDriver(base, SIZES);

        assertThat(base.resolve("tmp")).isEmptyDirectory();
        assertThat(base.resolve("locks")).isEmptyDirectory();
    }

    @Test
    void theOldOneChangesNothingAnyMore() {
        var old = new OverlayDriver(base, SIZES);
        old.deactivate();

        assertThatThrownBy(() -> old.removeLayer(LAYER))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("try again");
        assertThatThrownBy(() -> old.createVolume(VolumeSpec.of("data")))
                .isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> old.releaseRoot("c")).isInstanceOf(Unavailable.class);
    }
}
