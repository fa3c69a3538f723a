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
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Expect;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Tar;
import io.hypercontainer.tck.kit.Work;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Layers come in from a source that may be hostile. */
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
        var before = files(kit);

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
        noMore(kit, before);
        Layers.take(kit.storage(), tar);
        kit.storage().removeLayer(Layers.of(tar));
    }

    @Test
    @DisplayName("importLayer does nothing if the layer is here")
    void again(Kit kit) {
        var tar = Work.layer("again");
        var layer = Layers.take(kit.storage(), tar);
        var before = files(kit);

        Layers.take(kit.storage(), tar);

        that(kit.storage().hasLayer(layer), "it is not here any more");
        noMore(kit, before);
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
    @DisplayName("importLayer: InvalidSpec if the archive is damaged")
    void damaged(Kit kit) {
        var tar = Work.layer("damaged");
        var header = tar.clone();
        Arrays.fill(header, 512, 700, (byte) 0xff);

        refusesArchive(kit, "an archive of noise", noise());
        refusesArchive(kit, "an archive with a damaged header", header);
        refusesArchive(kit, "half of an archive", Arrays.copyOf(tar, tar.length / 2 - 100));
    }

    private static byte[] noise() {
        var noise = new byte[4096];
        new java.util.Random(1).nextBytes(noise);
        return noise;
    }

    @Test
    @DisplayName("importLayer: InvalidSpec if it has names that lead out of it")
    void namesThatLeadOut(Kit kit) {
        var mark = kit.newId("tck-escape");
        refusesArchive(kit, "a name with ..", new Tar().file("../../" + mark, "x").bytes());
        refusesArchive(
                kit, "a name with .. inside", new Tar().file("a/../../" + mark, "x").bytes());

        for (var place : List.of("/" + mark, "/tmp/" + mark, kit.root() + "/" + mark)) {
            that(!Files.exists(java.nio.file.Path.of(place)), "%s was written", place);
        }
    }

    @Test
    @DisplayName("A link in a layer is followed nowhere on the host")
    void links(Kit kit) throws IOException {
        var outside = Files.createDirectories(kit.root().resolve("files/outside"));
        var tar =
                new Tar()
                        .link("way", outside.toString())
                        .file("way/" + kit.newId("through"), "x")
                        .bytes();

        try {
            Layers.take(kit.storage(), tar);
            kit.storage().removeLayer(Layers.of(tar));
        } catch (InvalidSpec e) {
            Expect.oneLine("the refusal", e.getMessage());
        }

        none("written through the link", Folders.list(outside, _ -> true));
    }

    private static void refusesArchive(Kit kit, String what, byte[] tar) {
        var before = files(kit);
        var layer = Layers.of(tar);
        refused(what, () -> Layers.take(kit.storage(), tar), InvalidSpec.class);
        that(!kit.storage().hasLayer(layer), "%s: it was refused, and is here", what);
        noMore(kit, before);
    }

    @Test
    @DisplayName("importLayer: what the archive's source throws comes out, and nothing is left")
    void brokenSource(Kit kit) {
        var tar = Work.layer("broken");
        var before = files(kit);
        var broken =
                new InputStream() {
                    private int at;

                    @Override
                    public int read() throws IOException {
                        if (at == tar.length / 2) {
                            throw new IOException("the source breaks");
                        }
                        return tar[at++] & 0xff;
                    }

                    @Override
                    public int read(byte[] bytes, int from, int length) throws IOException {
                        bytes[from] = (byte) read();
                        return 1;
                    }
                };

        try {
            kit.storage().importLayer(Layers.of(tar), broken, () -> {});
            throw new AssertionError("half of a layer was taken in");
        } catch (RuntimeException e) {
            that(!kit.storage().hasLayer(Layers.of(tar)), "it failed, and the layer is here");
        }
        noMore(kit, before);
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

    /**
     * No file is there that was not there before; what goes on in the background may take a while.
     */
    static void noMore(Kit kit, Set<String> before) {
        Await.untilSoon(
                () -> "new files of the driver: " + more(kit, before),
                () -> more(kit, before).isEmpty());
    }

    private static Set<String> more(Kit kit, Set<String> before) {
        var more = new TreeSet<>(files(kit));
        more.removeAll(before);
        return more;
    }

    static Set<String> files(Kit kit) {
        return Folders.list(kit.home(), _ -> true);
    }
}
