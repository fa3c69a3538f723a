// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Work;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Layers come and go. */
@Contract
@DisplayName("Layers")
public final class Layering {
    private static final int AT_ONCE = 4;

    @Test
    @DisplayName("importLayer takes a layer in; hasLayer: whether it is here, complete")
    void take(Kit kit) {
        var layer = Layers.of(Work.layer("take"));
        that(!kit.storage().hasLayer(layer), "a layer is here that was never taken in");

        Layers.take(kit.storage(), Work.layer("take"));

        that(kit.storage().hasLayer(layer), "it was taken in and is not here");
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("layers: diff ids of all layers that are here, complete")
    void list(Kit kit) {
        var layer = Layers.take(kit.storage(), Work.layer("list"));

        var listed = kit.storage().layers();

        // A driver may list none at all.
        that(
                listed.isEmpty() || listed.contains(layer.diffId()),
                "%s was taken in, and it lists %s",
                layer.diffId(),
                listed);
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("The archive is read to its end, not closed; verified is called once, after that")
    void readsToTheEnd(Kit kit) {
        var tar = Work.layer("to-the-end");
        var in = new WatchedStream(tar);
        var verified = new AtomicInteger();
        var early = new AtomicInteger();

        kit.storage()
                .importLayer(
                        Layers.of(tar),
                        in,
                        () -> {
                            verified.incrementAndGet();
                            early.addAndGet(in.atEnd ? 0 : 1);
                        });

        that(in.atEnd, "the archive was not read to its end");
        that(!in.closed, "the archive was closed");
        same("how often verified was called", 1, verified.get());
        same("how often it was called before the end was read", 0, early.get());
        kit.storage().removeLayer(Layers.of(tar));
    }

    private static final class WatchedStream extends FilterInputStream {
        private volatile boolean atEnd;
        private volatile boolean closed;

        WatchedStream(byte[] content) {
            super(new ByteArrayInputStream(content));
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            atEnd |= one < 0;
            return one;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int count = super.read(bytes, from, length);
            atEnd |= count < 0;
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    @DisplayName("Nothing becomes visible before verified has been asked")
    void notBefore(Kit kit) {
        var tar = Work.layer("not-before");
        var layer = Layers.of(tar);
        var seen = new ArrayList<String>();

        kit.storage()
                .importLayer(
                        layer,
                        new ByteArrayInputStream(tar),
                        () -> {
                            if (kit.storage().hasLayer(layer)
                                    || kit.storage().layers().contains(layer.diffId())) {
                                seen.add("it is here while verified is asked");
                            }
                        });

        none("seen", seen);
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("verified throws if the content was not the layer's: nothing is here then")
    void notVerified(Kit kit) {
        var tar = Work.layer("not-verified");
        var before = DriverFiles.before(kit);

        var error =
                refused(
                        "a layer of other content",
                        () ->
                                kit.storage()
                                        .importLayer(
                                                Layers.of(tar),
                                                new ByteArrayInputStream(tar),
                                                () -> {
                                                    throw new InvalidSpec("not what it should be");
                                                }),
                        InvalidSpec.class);

        var message = String.valueOf(error.getMessage());
        that(
                message.contains("not what it should be"),
                "the error of verified is lost: '%s'",
                message);
        that(!kit.storage().hasLayer(Layers.of(tar)), "the layer is here");
        DriverFiles.noMore(kit, before);
        Layers.take(kit.storage(), tar);
        kit.storage().removeLayer(Layers.of(tar));
    }

    @Test
    @DisplayName("importLayer does nothing if the layer is here")
    void again(Kit kit) {
        var tar = Work.layer("again");
        var layer = Layers.take(kit.storage(), tar);
        var before = DriverFiles.before(kit);

        Layers.take(kit.storage(), tar);

        that(kit.storage().hasLayer(layer), "it is not here any more");
        DriverFiles.noMore(kit, before);
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("Calls for the same layer at once share the work")
    void atOnce(Kit kit) throws InterruptedException {
        var tar = Work.layer("at-once");
        var layer = Layers.of(tar);
        var calls = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < AT_ONCE; i++) {
            calls.add(() -> {
                Layers.take(kit.storage(), tar);
                return kit.storage().hasLayer(layer);
            });
        }

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : executor.invokeAll(calls)) {
                that(call.get(), "importLayer has returned, and the layer is not here");
            }
        } catch (ExecutionException e) {
            throw new AssertionError("one of the calls fails: " + e.getCause(), e);
        }
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("importsInAnyOrder: an upper layer may come before the one below it")
    void anyOrder(Kit kit) {
        var storage = kit.storage();
        Assumptions.assumeTrue(storage.importsInAnyOrder(), "it takes the lowest layer first");
        var below = Layers.of(Work.layer("below"));

        var above = Layers.take(storage, List.of(below), Work.layer("above"));
        that(storage.hasLayer(above), "the upper layer was taken in and is not here");
        that(!storage.hasLayer(below), "the lower layer is here and was never taken in");
        Layers.take(storage, Work.layer("below"));

        var container = kit.newId("c");
        storage.prepareRoot(StorageRoots.spec(storage, container, false, below, above));
        storage.releaseRoot(container);
        storage.removeLayer(above);
        storage.removeLayer(below);
    }

    @Test
    @DisplayName("removeLayer forgets a layer; does nothing if it is not here")
    void remove(Kit kit) {
        var layer = Layers.take(kit.storage(), Work.layer("remove"));

        kit.storage().removeLayer(layer);
        that(!kit.storage().hasLayer(layer), "it is still here");
        kit.storage().removeLayer(layer);
    }

    @Test
    @DisplayName("removeLayer: Conflict if a root file system uses it")
    void removeUsed(Kit kit) {
        var storage = kit.storage();
        var layer = Layers.take(storage, Work.layer("used"));
        var container = kit.newId("c");
        storage.prepareRoot(StorageRoots.spec(storage, container, false, layer));

        refused("removeLayer of a used layer", () -> storage.removeLayer(layer), Conflict.class);
        that(storage.hasLayer(layer), "it is not here any more");

        storage.releaseRoot(container);
        storage.removeLayer(layer);
        that(!storage.hasLayer(layer), "it is not used any more, and cannot be removed");
    }

    @Test
    @DisplayName("What has been acknowledged is there after a restart")
    void restart(Kit kit) {
        var layer = Layers.take(kit.storage(), Work.layer("restart"));
        kit.restart();

        that(kit.storage().hasLayer(layer), "the layer is gone");
        remove(kit.storage(), layer);
    }

    private static void remove(StorageDriver storage, Layer layer) {
        storage.removeLayer(layer);
    }
}
