// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every archive here is refused with an error that tells the user why, and leaves no file. */
class HostileLayerTest {
    @TempDir private Path folder;

    static Stream<Arguments> paths() {
        return Stream.of(
                arguments("..", tar().file("../etc/passwd", "x")),
                arguments("..", tar().file("a/../../b", "x")),
                arguments("..", tar().directory("a/..")),
                arguments("..", tar().file("a", "x").hardLink("b", "../a")),
                arguments("NUL", tar().entry("a", '0').pax("path", "a\0b").add()),
                arguments("longer than 255 bytes", tar().file("n".repeat(256), "x")),
                arguments("longer than 4095 bytes", tar().file("n/".repeat(2047) + "nn", "x")),
                arguments("512 levels", tar().file("d/".repeat(512) + "f", "x")),
                arguments("lies below", tar().symlink("lib", "/usr/lib").file("lib/x", "x")),
                arguments("lies below", tar().symlink("l", "..").file("l/etc/passwd", "x")),
                arguments("lies below", tar().file("f", "x").directory("f/d/e")),
                arguments("lies below", tar().file("f", "x").file("f/.wh.x", "")),
                arguments("below a whiteout", tar().file(".wh.a/b", "x")),
                arguments("names no file", tar().file("d/.wh.", "")),
                arguments("names no file", tar().file("d/.wh..", "")),
                arguments("names no file", tar().file("d/.wh...", "")),
                arguments("not in this layer", tar().hardLink("a", "/etc/shadow")),
                arguments("not in this layer", tar().hardLink("a", "b").file("b", "x")),
                arguments("not in this layer", tar().file(".wh.a", "").hardLink("b", "a")),
                arguments(
                        "not in this layer",
                        tar().symlink("l", "/").file("x", "1").hardLink("b", "l/x")),
                arguments("a directory", tar().directory("d").hardLink("b", "d")),
                arguments("a directory", tar().hardLink("b", "/")),
                arguments("root is not a directory", tar().file("./", "x")),
                arguments("root is not a directory", tar().symlink("/", "x")),
                arguments("root is not a directory", tar().file("a", "x").hardLink(".", "a")),
                arguments("target of 0 bytes", tar().symlink("a", "")),
                arguments("target of 4096 bytes", tar().symlink("a", "t".repeat(4096))));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments("checksum", tar().entry("a", '0').wrongChecksum().add()),
                arguments("is this a tar", tar().raw(new byte[] {'x'}).raw(new byte[511])),
                arguments("checksum", tar().raw(TarBuilder.latin1("1".repeat(512)))),
                arguments("single zero block", tar().raw(new byte[512]).file("a", "x")),
                arguments("unknown type 'V'", tar().entry("label", 'V').add()),
                arguments("unknown type", tar().entry("a", '\u0080').add()),
                arguments("sparse", tar().entry("a", 'S').add()),
                arguments("sparse", tar().entry("a", '0').pax("GNU.sparse.major", "1").add()),
                arguments("size is -1", tar().entry("a", '0').bytes(124, ones()).add()),
                arguments(
                        "64 bits",
                        tar().entry("a", '0').bytes(124, 0x80, 1, 1, 1, 1, 1, 1, 1, 1).add()),
                arguments("size is -5", tar().entry("a", '0').pax("size", "-5").add()),
                arguments(
                        "middle of an entry",
                        tar().entry("a", '0').pax("size", "9223372036854770000").add()),
                arguments("size is", tar().entry("a", '0').pax("size", "" + Long.MAX_VALUE).add()),
                arguments("size is not a number", tar().entry("a", '0').bytes(124, '9').add()),
                arguments("uid 4294967295", tar().entry("a", '0').pax("uid", "4294967295").add()),
                arguments("uid -1", tar().entry("a", '0').pax("uid", "-1").add()),
                arguments("gid is not a number", tar().entry("a", '0').pax("gid", "0x1").add()),
                arguments("major 4096", tar().entry("a", '3').device(4096, 0).add()),
                arguments("minor 1048576", tar().entry("a", '3').device(0, 1 << 20).add()),
                arguments("time", tar().entry("a", '0').pax("mtime", "1e9").add()),
                arguments("time", tar().entry("a", '0').pax("mtime", "9".repeat(19)).add()),
                arguments(
                        "base64", tar().entry("a", '0').pax("LIBARCHIVE.xattr.user.x", "?").add()),
                arguments("1 MiB", tar().entry("x", 'x').data(new byte[(1 << 20) + 1]).add()),
                arguments("1 MiB", tar().entry("x", 'L').bytes(124, ones()).add()),
                arguments("pax", pax("0 a=b\n")),
                arguments("pax", pax("3 a\n")),
                arguments("pax", pax("5 a=b\n")),
                arguments("pax", pax("7 a=b\n")),
                arguments("pax", pax("a=b\n")),
                arguments("pax", pax("6 =bb\n")),
                arguments("pax", pax("-6 a=b\n")),
                arguments("pax", pax("99999999999999999999 a=b\n")),
                arguments("pax", pax("6 a=bb")),
                arguments(
                        "larger than Linux allows",
                        tar().entry("a", '0').pax("SCHILY.xattr.user.x", new byte[1 << 16]).add()),
                arguments(
                        "larger than Linux allows",
                        tar().entry("a", '0')
                                .pax("SCHILY.xattr.user." + "n".repeat(256), "")
                                .add()));
    }

    @ParameterizedTest
    @MethodSource({"paths", "headers"})
    void refuses(String reason, TarBuilder tar) {
        assertRefused(reason, tar.stream());
    }

    @Test
    void refusesAnArchiveCutOffInsideAnEntry() {
        byte[] tar = tar().file("a", new byte[5000]).withoutEnd();
        for (int length : new int[] {1, 511, 513, 4096, tar.length - 1}) {
            assertRefused("middle", new ByteArrayInputStream(Arrays.copyOf(tar, length)));
        }
    }

    @Test
    void refusesTooManyFilesBeforeTheyFillTheMemory() {
        String deep = "/d".repeat(500);
        assertRefused("more than 500000 files", endless(i -> tar().file(i + deep, "")));
    }

    @Test
    void refusesTooLongNamesInAll() {
        String names = ("/" + "n".repeat(255)).repeat(15);
        assertRefused("more than 64 MiB", endless(i -> tar().file(i + names, "")));
    }

    @Test
    void refusesTooManyAttributesInAll() {
        byte[] value = new byte[60_000];
        assertRefused(
                "16 MiB",
                endless(i -> tar().entry("a" + i, '0').pax("SCHILY.xattr.user.x", value).add()));
    }

    @Test
    void damageIsFoundOrHarmless() throws IOException {
        byte[] good =
                tar().directory("d")
                        .file("d/a", "some text")
                        .entry("d/b", '0')
                        .pax("SCHILY.xattr.user.x", "v")
                        .pax("mtime", "1.5")
                        .data(new byte[600])
                        .add()
                        .symlink("d/l", "a")
                        .hardLink("d/h", "d/a")
                        .file("d/.wh.gone", "")
                        .bytes();
        var random = new Random(1);
        int refused = 0;
        var converter = new LayerConverter(MemoryBudget.ofHeap());
        for (int round = 0; round < 3000; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            fixChecksums(bad);
            Path image = folder.resolve("image");
            try {
                converter.convert(new ByteArrayInputStream(bad), image, new UUID(0, round));
                assertThat(ErofsReader.read(image).paths()).contains("");
            } catch (InvalidSpec e) {
                refused++;
            }
            Files.deleteIfExists(image);
            assertThat(folder).isEmptyDirectory();
        }
        assertThat(refused).isBetween(300, 2900);
    }

    /** Damage behind a wrong checksum would never be looked at. */
    private static void fixChecksums(byte[] tar) {
        for (int at = 0; at + 512 <= tar.length; at += 512) {
            if (tar[at + 257] == 'u' && tar[at + 258] == 's') {
                Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
                int sum = 0;
                for (int i = 0; i < 512; i++) {
                    sum += tar[at + i] & 0xff;
                }
                byte[] text = TarBuilder.latin1(String.format("%06o\0 ", sum));
                System.arraycopy(text, 0, tar, at + 148, text.length);
            }
        }
    }

    private void assertRefused(String reason, InputStream tar) {
        String diffId = "sha256:" + "0".repeat(64);
        try {
            var layers = new LayerStore(Workspace.open(folder));
            assertThatThrownBy(() -> layers.add(diffId, tar, () -> {}))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining(reason)
                    .hasMessageMatching("(layer|tar): .*[^.]");
            assertThat(layers.has(diffId)).isFalse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
        assertThat(folder.resolve("layers")).isEmptyDirectory();
    }

    @SuppressWarnings("JdkObsolete") // SequenceInputStream knows nothing younger than Enumeration
    private static InputStream endless(IntFunction<TarBuilder> entry) {
        Iterator<ByteArrayInputStream> entries =
                IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> new ByteArrayInputStream(entry.apply(i).withoutEnd()))
                        .iterator();
        return new SequenceInputStream(
                new Enumeration<>() {
                    @Override
                    public boolean hasMoreElements() {
                        return true;
                    }

                    @Override
                    public ByteArrayInputStream nextElement() {
                        return entries.next();
                    }
                });
    }

    private static int[] ones() {
        int[] ones = new int[12];
        Arrays.fill(ones, 0xff);
        return ones;
    }

    private static TarBuilder pax(String records) {
        return tar().entry("x", 'x').data(TarBuilder.latin1(records)).add().file("a", "x");
    }

    private static TarBuilder tar() {
        return new TarBuilder();
    }
}
