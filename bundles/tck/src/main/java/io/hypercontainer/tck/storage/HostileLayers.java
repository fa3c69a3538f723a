// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Expect;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Tar;
import io.hypercontainer.tck.kit.Work;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Archives of layers that are damaged, or made to do harm. */
@Contract
@DisplayName("Hostile layers")
public final class HostileLayers {
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
        var before = DriverFiles.before(kit);
        var layer = Layers.of(tar);
        refused(what, () -> Layers.take(kit.storage(), tar), InvalidSpec.class);
        that(!kit.storage().hasLayer(layer), "%s: it was refused, and is here", what);
        DriverFiles.noMore(kit, before);
    }

    @Test
    @DisplayName("importLayer: what the archive's source throws comes out, and nothing is left")
    void brokenSource(Kit kit) {
        var tar = Work.layer("broken");
        var before = DriverFiles.before(kit);
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
        DriverFiles.noMore(kit, before);
    }
}
