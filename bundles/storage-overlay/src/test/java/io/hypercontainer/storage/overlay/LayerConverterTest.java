// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.MemoryBudget;
import io.hypercontainer.storage.overlay.ErofsReader.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerConverterTest {
    private static final UUID ID = new UUID(1, 2);

    @TempDir private Path folder;
    private final LayerConverter converter = new LayerConverter(new MemoryBudget(1 << 28));

    @Test
    void anEmptyArchiveIsAnEmptyRoot() throws IOException {
        Node root = onlyRoot(convert(new TarBuilder()));

        assertThat(root.mode()).isEqualTo(0040755);
        assertThat(root.links()).isEqualTo(2);
    }

    @Test
    void anArchiveWithoutAnEndMarkIsRead() throws IOException {
        byte[] tar = new TarBuilder().file("a", "x").withoutEnd();

        assertThat(convert(tar).paths()).contains("a");
    }

    @Test
    void whatFollowsTheEndMarkIsReadAndIgnored() throws IOException {
        byte[] tar = new TarBuilder().file("a", "x").raw(new byte[1024]).raw(new byte[777]).bytes();
        var stream = new ByteArrayInputStream(tar);
        converter.convert(stream, folder.resolve("image"), ID);

        assertThat(stream.available()).isZero();
        assertThat(ErofsReader.read(folder.resolve("image")).paths()).containsExactly("", "a");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 3071, 3072, 3073, 4095, 4096, 4097, 8192, 4096 + 3072, 1 << 20, 1234567})
    void dataOfAnySizeIsKept(int size) throws IOException {
        byte[] data = new byte[size];
        new java.util.Random(size).nextBytes(data);

        var tree = convert(new TarBuilder().file("a", data).file("b", data));

        assertThat(tree.at("a").data()).isEqualTo(data);
        assertThat(tree.at("b").data()).isEqualTo(data);
    }

    @Test
    void attributesAreKept() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .entry("./", '5')
                                .mode(01777)
                                .owner(1, 2)
                                .mtime(7)
                                .add()
                                .entry("big", '0')
                                .mode(04755)
                                .owner(4_000_000_000L, 65_536)
                                .pax("mtime", "1700000000.123456789999")
                                .add()
                                .entry("old", '0')
                                .pax("mtime", "-1.25")
                                .add()
                                .entry("binary", '0')
                                .bytes(108, 0x80, 0, 0, 0, 0x80, 0, 0, 0)
                                .bytes(
                                        136, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                        254)
                                .add());

        assertThat(tree.at("").mode()).isEqualTo(0041777);
        assertThat(tree.at("").gid()).isEqualTo(2);
        assertThat(tree.at("").mtime()).isEqualTo(7);
        Node big = tree.at("big");
        assertThat(big.mode()).isEqualTo(0104755);
        assertThat(big.uid()).isEqualTo(4_000_000_000L);
        assertThat(big.gid()).isEqualTo(65_536);
        assertThat(big.mtime()).isEqualTo(1_700_000_000);
        assertThat(big.nanos()).isEqualTo(123_456_789);
        assertThat(tree.at("old").mtime()).isEqualTo(-2);
        assertThat(tree.at("old").nanos()).isEqualTo(750_000_000);
        assertThat(tree.at("binary").uid()).isEqualTo(0x80000000L);
        assertThat(tree.at("binary").mtime()).isEqualTo(-2);
    }

    @Test
    void specialFilesAreKept() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .entry("null", '3')
                                .device(1, 3)
                                .add()
                                .entry("disk", '4')
                                .device(259, 0x12345)
                                .add()
                                .entry("fifo", '6')
                                .add());

        assertThat(tree.at("null").type()).isEqualTo(0020000);
        assertThat(tree.at("null").device()).isEqualTo(0x103);
        assertThat(tree.at("disk").type()).isEqualTo(0060000);
        assertThat(tree.at("disk").device()).isEqualTo(0x45 | 259 << 8 | 0x12300 << 12);
        assertThat(tree.at("fifo").type()).isEqualTo(0010000);
    }

    @Test
    void symbolicLinksAreKeptVerbatimWhateverTheirLength() throws IOException {
        String longest = "/" + "t".repeat(4094);
        var tree =
                convert(
                        new TarBuilder()
                                .symlink("up", "../../../../etc/passwd")
                                .symlink("longest", longest)
                                .symlink("odd", "\u00ff\u0001 /"));

        assertThat(tree.at("up").text()).isEqualTo("../../../../etc/passwd");
        assertThat(tree.at("longest").text()).isEqualTo(longest);
        assertThat(tree.at("odd").text()).isEqualTo("\u00ff\u0001 /");
    }

    @Test
    void hardLinksShareAnInode() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .file("d/a", "text")
                                .hardLink("b", "./d/a")
                                .hardLink("d/c", "/b")
                                .symlink("s", "x")
                                .hardLink("t", "s"));

        assertThat(tree.at("b").links()).isEqualTo(3);
        assertThat(tree.at("d/c").number()).isEqualTo(tree.at("b").number());
        assertThat(tree.at("d/a").number()).isEqualTo(tree.at("b").number());
        assertThat(tree.at("b").text()).isEqualTo("text");
        assertThat(tree.at("t").links()).isEqualTo(2);
    }

    @Test
    void aLinkOutlivesTheNameItWasMadeFrom() throws IOException {
        var tree = convert(new TarBuilder().file("a", "1").hardLink("b", "a").file("a", "2"));

        assertThat(tree.at("a").text()).isEqualTo("2");
        assertThat(tree.at("b").text()).isEqualTo("1");
        assertThat(tree.at("b").links()).isEqualTo(1);
    }

    @Test
    void theLastEntryOfAPathCounts() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .file("dir/kept", "x")
                                .entry("dir", '5')
                                .mode(0700)
                                .add()
                                .file("f", "1")
                                .symlink("f", "elsewhere")
                                .file("gone/x", "x")
                                .file("gone", "now a file"));

        assertThat(tree.paths()).containsExactlyInAnyOrder("", "dir", "dir/kept", "f", "gone");
        assertThat(tree.at("dir").mode()).isEqualTo(0040700);
        assertThat(tree.at("f").text()).isEqualTo("elsewhere");
    }

    @Test
    void namesAreBytes() throws IOException {
        String latin = "caf\u00e9";
        String longest = "\u00fe".repeat(255);
        var tree =
                convert(
                        new TarBuilder()
                                .file(latin, "1")
                                .file("d/" + longest, "2")
                                .file(" \t\n", "3"));

        assertThat(tree.paths()).containsExactlyInAnyOrder("", latin, "d", "d/" + longest, " \t\n");
    }

    @Test
    void longNamesOfGnuTarAreRead() throws IOException {
        String path = "p/".repeat(120) + "end";
        String target = "t".repeat(300);
        var tree =
                convert(
                        new TarBuilder()
                                .entry("././@LongLink", 'L')
                                .data(TarBuilder.latin1(path + "\0"))
                                .add()
                                .entry("././@LongLink", 'K')
                                .data(TarBuilder.latin1(target + "\0"))
                                .add()
                                .entry("cut", '2')
                                .link("cut")
                                .add());

        assertThat(tree.at(path).text()).isEqualTo(target);
    }

    @Test
    void thePrefixFieldOfUstarIsRead() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .entry("name", '0')
                                .bytes(345, 'a', '/', 'b')
                                .add()
                                .entry("gnu", '0')
                                .bytes(257, 'u', 's', 't', 'a', 'r', ' ', ' ', 0)
                                .bytes(345, '7', '7')
                                .add());

        assertThat(tree.paths()).contains("a/b/name", "gnu");
    }

    @Test
    void pathsAreTakenRelativeToTheRoot() throws IOException {
        var tree = convert(new TarBuilder().file("/abs", "1").file("././x//y/./z", "2"));

        assertThat(tree.paths()).containsExactlyInAnyOrder("", "abs", "x", "x/y", "x/y/z");
        assertThat(tree.at("x").mode()).isEqualTo(0040755);
        assertThat(tree.at("").links()).isEqualTo(3);
    }

    @Test
    void globalHeadersAreIgnored() throws IOException {
        String comment = TarBuilder.paxRecord("path", TarBuilder.latin1("nonsense"));
        var tree =
                convert(
                        new TarBuilder()
                                .entry("pax_global_header", 'g')
                                .data(TarBuilder.latin1(comment))
                                .add()
                                .file("a", "1"));

        assertThat(tree.paths()).containsExactlyInAnyOrder("", "a");
    }

    @Test
    void extendedAttributesAreKeptBinary() throws IOException {
        byte[] capability = {1, 0, 0, 2, (byte) 0xc2, (byte) 0xff, 0, '=', '\n', (byte) 0x80};
        var tree =
                convert(
                        new TarBuilder()
                                .entry("ping", '0')
                                .pax("SCHILY.xattr.security.capability", capability)
                                .pax("SCHILY.xattr.user.empty", "")
                                .pax("LIBARCHIVE.xattr.user.a%3Db", "AP8=")
                                .pax("SCHILY.xattr.com.apple.quarantine", "dropped")
                                .pax("SCHILY.xattr.system.posix_acl_access", "\2\0\0\0")
                                .data(new byte[5000])
                                .add());

        assertThat(tree.at("ping").xattrs())
                .containsEntry("security.capability", Bytes.of(capability, 0, capability.length))
                .containsEntry("user.empty", "")
                .containsEntry("user.a=b", "\0\u00ff")
                .containsEntry("system.posix_acl_access", "\2\0\0\0")
                .hasSize(4);
        assertThat(tree.at("ping").data()).hasSize(5000);
    }

    @Test
    void largeAttributesCrossBlocks() throws IOException {
        String value = "v".repeat(60_000);
        var tree =
                convert(
                        new TarBuilder()
                                .entry("a", '0')
                                .pax("SCHILY.xattr.user.big", value)
                                .data(new byte[100])
                                .add());

        assertThat(tree.at("a").xattrs()).containsEntry("user.big", value);
    }

    @Test
    void anImageCannotForgeTheMarksOfOverlayfs() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .entry("d", '5')
                                .pax("SCHILY.xattr.trusted.overlay.redirect", "/etc")
                                .pax("SCHILY.xattr.trusted.overlay.opaque", "y")
                                .pax("SCHILY.xattr.trusted.other", "kept")
                                .add());

        assertThat(tree.at("d").xattrs()).containsOnlyKeys("trusted.other");
    }

    @Test
    void whiteoutsBecomeThoseOfOverlayfs() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .file("etc/.wh.passwd", "")
                                .directory("opaque")
                                .file("opaque/.wh..wh..opq", "")
                                .file("opaque/new", "1")
                                .file(".wh..wh.plnk/1.2", "aufs")
                                .file(".wh..wh.aufs", "aufs"));

        assertThat(tree.paths())
                .containsExactlyInAnyOrder("", "etc", "etc/passwd", "opaque", "opaque/new");
        assertThat(tree.at("etc/passwd").isWhiteout()).isTrue();
        assertThat(tree.at("opaque").isOpaque()).isTrue();
        assertThat(tree.at("etc").isOpaque()).isFalse();
    }

    @Test
    void aWhiteoutHidesLowerLayersOnlyWhicheverComesFirst() throws IOException {
        var tree =
                convert(
                        new TarBuilder()
                                .file("before/.wh.x", "")
                                .file("before/x", "stays")
                                .file("after/x", "stays")
                                .file("after/.wh.x", "")
                                .file(".wh.dir", "")
                                .file("dir/file", "stays")
                                .directory("dir2")
                                .file(".wh.dir2", ""));

        assertThat(tree.at("before/x").text()).isEqualTo("stays");
        assertThat(tree.at("after/x").text()).isEqualTo("stays");
        assertThat(tree.at("dir/file").text()).isEqualTo("stays");
        assertThat(tree.at("dir").isOpaque()).isTrue();
        assertThat(tree.at("dir2").isOpaque()).isTrue();
    }

    @Test
    void manyFilesInOneDirectory() throws IOException {
        var tar = new TarBuilder();
        for (int i = 0; i < 12_000; i++) {
            tar.file("d/file-" + i, "" + i);
        }

        var tree = convert(tar);

        assertThat(tree.paths()).hasSize(12_002);
        assertThat(tree.at("d/file-11999").text()).isEqualTo("11999");
    }

    @Test
    void theSameArchiveMakesTheSameImage() throws IOException {
        byte[] tar = new TarBuilder().file("b", "1").directory("a").file("a/x", "2").bytes();
        converter.convert(new ByteArrayInputStream(tar), folder.resolve("1"), ID);
        converter.convert(new ByteArrayInputStream(tar), folder.resolve("2"), ID);

        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
        assertThat(Files.size(folder.resolve("1")) % 4096).isZero();
    }

    @Test
    void conversionsShareOneBudgetOfMemory() throws IOException {
        var small = new LayerConverter(new MemoryBudget(2000));
        var tooLarge = new TarBuilder().directory("a/b/c/d/e/f/g");

        for (int i = 0; i < 20; i++) {
            small.convert(new TarBuilder().directory("a/b/c").stream(), folder.resolve("" + i), ID);
        }

        assertThatThrownBy(() -> small.convert(tooLarge.stream(), folder.resolve("x"), ID))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("try again later");
    }

    private ErofsReader convert(TarBuilder tar) throws IOException {
        return convert(tar.bytes());
    }

    private ErofsReader convert(byte[] tar) throws IOException {
        Path image = folder.resolve("image");
        converter.convert(new ByteArrayInputStream(tar), image, ID);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(image);
        }
        return ErofsReader.read(image);
    }

    private static Node onlyRoot(ErofsReader tree) {
        assertThat(tree.paths()).hasSize(1);
        return tree.at("");
    }
}
