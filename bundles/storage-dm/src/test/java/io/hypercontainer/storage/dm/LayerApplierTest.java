// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.storage.dm.ext4.Ext4;
import io.hypercontainer.storage.dm.ext4.Metadata;
import io.hypercontainer.storage.dm.ext4.Room;
import io.hypercontainer.storage.host.Tool;
import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What e2fsprogs say of file systems that were never mounted. */
class LayerApplierTest {
    private static final long SIZE = 256L << 20;

    @TempDir Path folder;
    private Path disk;

    @BeforeEach
    void make() throws IOException {
        disk = folder.resolve("disk");
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        BlankFileSystem.make(disk);
        change(e -> e.makeDirectory(e.root(), "root", Metadata.PLAIN_DIRECTORY));
        check();
    }

    private interface Change {
        Object on(Ext4 files) throws IOException;
    }

    private void change(Change change) throws IOException {
        try (var channel =
                        FileChannel.open(disk, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var memory = new MemoryBudget(64 << 20).share()) {
            Ext4 files = Ext4.open(channel, Room.UNLIMITED, memory);
            var _ = change.on(files);
            files.finish();
        }
    }

    private void apply(byte[] tar) throws IOException {
        change(files -> {
            var top = java.util.Objects.requireNonNull(files.root().find("root"));
            new LayerApplier(files, files.directory(top)).apply(new ByteArrayInputStream(tar));
            return files;
        });
        check();
    }

    private void check() throws IOException {
        var result = Tool.require("e2fsck", "e2fsprogs").run(List.of("-f", "-n", disk.toString()));
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private String debug(String request) throws IOException {
        String program = Tool.require("debugfs", "e2fsprogs").program().toString();
        Process process =
                new ProcessBuilder(program, "-R", request, disk.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String cat(String path) throws IOException {
        return debug("cat /root/" + path);
    }

    private List<String> names(String path) throws IOException {
        return debug("ls -p /root/" + path)
                .lines()
                .filter(l -> l.startsWith("/"))
                .map(l -> l.split("/")[5])
                .filter(n -> !n.equals(".") && !n.equals(".."))
                .sorted()
                .toList();
    }

    @Test
    void files_of_all_kinds() throws IOException {
        apply(
                new TestTar()
                        .folder("etc")
                        .file("etc/hosts", "127.0.0.1 localhost\n")
                        .add(
                                "etc/shadow",
                                TarConstants.LF_NORMAL,
                                "secret".getBytes(StandardCharsets.UTF_8),
                                e -> {
                                    e.setMode(0100640);
                                    e.setUserId(70000);
                                    e.setGroupId(42);
                                })
                        .symlink("etc/short", "hosts")
                        .symlink("etc/long", "x/".repeat(200))
                        .hardLink("etc/hosts2", "etc/hosts")
                        .file("made/up/parents/file", "deep")
                        .add(
                                "dev/null",
                                TarConstants.LF_CHR,
                                new byte[0],
                                e -> {
                                    e.setDevMajor(1);
                                    e.setDevMinor(3);
                                })
                        .add(
                                "dev/big",
                                TarConstants.LF_BLK,
                                new byte[0],
                                e -> {
                                    e.setDevMajor(259);
                                    e.setDevMinor(70000);
                                })
                        .add("run/pipe", TarConstants.LF_FIFO, new byte[0], _ -> {})
                        .file("empty", "")
                        .bytes());

        assertThat(cat("etc/hosts")).isEqualTo("127.0.0.1 localhost\n");
        assertThat(cat("made/up/parents/file")).isEqualTo("deep");
        assertThat(debug("stat /root/etc/shadow"))
                .contains("Mode:  0640", "User: 70000", "Group:    42", "Size: 6");
        assertThat(debug("stat /root/etc/hosts")).contains("Links: 2");
        assertThat(debug("stat /root/etc/short")).contains("Fast link dest: \"hosts\"");
        assertThat(debug("stat /root/etc/long")).contains("Type: symlink", "Size: 400");
        assertThat(debug("stat /root/dev/null")).contains("Device major/minor number: 01:03");
        assertThat(debug("stat /root/dev/big")).contains("Device major/minor number: 259:70000");
        assertThat(debug("stat /root/run/pipe")).contains("Type: FIFO");
    }

    @Test
    void extended_attributes_in_the_inode_and_in_a_block() throws IOException {
        apply(
                new TestTar()
                        .pax("small", Map.of("SCHILY.xattr.user.a", "1"))
                        .pax(
                                "large",
                                Map.of(
                                        "SCHILY.xattr.user.a",
                                        "x".repeat(300),
                                        "SCHILY.xattr.user.bcd",
                                        "y".repeat(999)))
                        .pax("alien", Map.of("SCHILY.xattr.com.apple.x", "1"))
                        .bytes());
        assertThat(debug("ea_get /root/small user.a")).contains("\"1\"");
        assertThat(debug("ea_get /root/large user.bcd")).contains("y".repeat(999));
        assertThat(debug("ea_list /root/alien")).doesNotContain("apple");

        assertThatThrownBy(() ->
                        apply(
                                new TestTar()
                                        .pax(
                                                "huge",
                                                Map.of("SCHILY.xattr.user.a", "x".repeat(5000)))
                                        .bytes()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("extended attributes");
    }

    @Test
    void whiteouts_hide_lower_layers_only() throws IOException {
        apply(
                new TestTar()
                        .file("gone", "1")
                        .file("kept", "2")
                        .file("tree/a/b/c", "3")
                        .file("opaque/old", "4")
                        .file("opaque/sub/old", "4")
                        .file("replaced", "file")
                        .file("folder/x", "5")
                        .symlink("lib", "usr/lib")
                        .bytes());
        apply(
                new TestTar()
                        .file(".wh.gone", "")
                        .file(".wh.tree", "")
                        .file("opaque/sub/new", "6")
                        .file("opaque/.wh..wh..opq", "")
                        .file("opaque/after", "7")
                        .file(".wh.never", "")
                        .file("own", "8")
                        .file(".wh.own", "")
                        .file("replaced/inside", "9")
                        .file("folder", "now a file")
                        .file("lib/x", "10")
                        .file(".wh..wh.plnk", "ignored")
                        .bytes());
        assertThat(names("")).containsExactly("folder", "kept", "lib", "opaque", "own", "replaced");
        assertThat(names("opaque")).containsExactly("after", "sub");
        assertThat(names("opaque/sub")).containsExactly("new");
        assertThat(cat("folder")).isEqualTo("now a file");
        assertThat(names("lib")).containsExactly("x");
    }

    @Test
    void many_files_and_names_of_all_lengths() throws IOException {
        var tar = new TestTar();
        for (int i = 0; i < 5000; i++) {
            tar.file("many/" + "n".repeat(i % 200) + i, "content " + i);
        }
        apply(tar.bytes());
        assertThat(names("many")).hasSize(5000);
        var wipe = new TestTar();
        for (int i = 0; i < 4999; i++) {
            wipe.file("many/.wh." + "n".repeat(i % 200) + i, "");
        }
        apply(wipe.bytes());
        assertThat(names("many")).hasSize(1);
    }

    @Test
    void a_file_in_many_pieces() throws IOException {
        var first = new TestTar();
        for (int i = 0; i < 3000; i++) {
            first.file("hole/" + i, new byte[4096]);
        }
        apply(first.bytes());
        long free = freeBlocks();
        var second = new TestTar();
        for (int i = 0; i < 3000; i += 2) {
            second.file("hole/.wh." + i, "");
        }
        byte[] large = new byte[(int) ((free + 1000) * 4096)];
        new Random(1).nextBytes(large);
        second.file("large", large);
        apply(second.bytes());
        assertThat(debug("stat /root/large")).contains("ETB1", "Size: " + large.length);
        Path copy = folder.resolve("copy");
        debug("dump /root/large " + copy);
        assertThat(copy).hasBinaryContent(large);
    }

    private long freeBlocks() throws IOException {
        return Long.parseLong(
                debug("stats -h")
                        .lines()
                        .filter(l -> l.startsWith("Free blocks:"))
                        .findFirst()
                        .orElseThrow()
                        .replaceAll("\\D", ""));
    }

    @Test
    void what_does_not_fit_is_told() {
        byte[] large = new byte[(int) SIZE];
        assertThatThrownBy(() -> apply(new TestTar().file("large", large).bytes()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("full");
    }

    @Test
    void archives_that_make_no_sense_are_refused() {
        refused(new TestTar().file("a", "x").file("a/b", "y"), "lies below");
        refused(new TestTar().hardLink("a", "none"), "not there");
        refused(new TestTar().folder("d").hardLink("a", "d"), "a directory");
        refused(new TestTar().file("d/x", "").hardLink("d", "d/x"), "what is in it");
        refused(new TestTar().file("../x", ""), "..");
        refused(new TestTar().symlink("way", "/tmp").file("way/x", ""), "lies below");
        refused(new TestTar().file(".wh.", ""), "names no file");
    }

    private void refused(TestTar tar, String why) {
        assertThatThrownBy(() -> apply(tar.bytes()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(why);
    }
}
