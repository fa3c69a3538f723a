// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** erofs-utils must see in an image what GNU tar unpacks from the archive. */
class ErofsToolsTest {
    @TempDir private Path folder;

    @Test
    void aTreeOfAllSizesAndDepths() throws Exception {
        var tar = new TarBuilder();
        var random = new Random(7);
        for (int size : new int[] {0, 1, 3072, 3073, 4095, 4096, 4097, 1 << 20, (1 << 20) + 5}) {
            byte[] data = new byte[size];
            random.nextBytes(data);
            tar.file("sizes/" + size, data);
        }
        for (int i = 0; i < 10_500; i++) {
            tar.file("many/n" + i * 7919L % 10_500, "" + i);
        }
        tar.file("deep" + "/d".repeat(200) + "/file", "deep")
                .file("long/" + "x".repeat(255), "long")
                .symlink("link", "sizes/1")
                .symlink("dangling", "x".repeat(3500))
                .hardLink("hard", "sizes/4097")
                .directory("empty");

        assertToolsAgree(tar);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void randomTrees(long seed) throws Exception {
        var random = new Random(seed);
        var tar = new TarBuilder();
        var directories = new ArrayList<>(List.of(""));
        var files = new ArrayList<String>();
        for (int i = 0; i < 400; i++) {
            String parent = directories.get(random.nextInt(directories.size()));
            String path = parent + randomName(random) + i;
            switch (random.nextInt(10)) {
                case 0, 1 -> {
                    tar.entry(path, '5').mode(0700 | random.nextInt(0100)).add();
                    directories.add(path + "/");
                }
                case 2 -> tar.symlink(path, randomName(random).repeat(1 + random.nextInt(20)));
                case 3 -> {
                    if (!files.isEmpty()) {
                        tar.hardLink(path, files.get(random.nextInt(files.size())));
                    }
                }
                default -> {
                    byte[] data = new byte[random.nextInt(random.nextBoolean() ? 300 : 20_000)];
                    random.nextBytes(data);
                    tar.entry(path, '0')
                            .mode(0600 | random.nextInt(0100))
                            .mtime(random.nextInt(1_000_000_000))
                            .pax("SCHILY.xattr.user.seed", "s".repeat(random.nextInt(600)))
                            .data(data)
                            .add();
                    files.add(path);
                }
            }
        }

        assertToolsAgree(tar);
    }

    private void assertToolsAgree(TarBuilder tar) throws Exception {
        Path archive = Files.write(folder.resolve("tar"), tar.bytes());
        Path image = folder.resolve("image");
        new LayerConverter(MemoryBudget.ofHeap()).convert(tar.stream(), image, new UUID(3, 4));
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        Path extracted = folder.resolve("extracted");

        Command.run(
                "tar",
                "-xpf",
                archive.toString(),
                "-C",
                unpacked.toString(),
                "--warning=no-unknown-keyword");
        Command.run("fsck.erofs", "--preserve-perms", "--extract=" + extracted, image.toString());

        assertThat(describe(extracted)).isEqualTo(describe(unpacked));
    }

    private static String randomName(Random random) {
        int length = 1 + random.nextInt(random.nextInt(20) == 0 ? 200 : 12);
        var name = new StringBuilder();
        for (int i = 0; i < length; i++) {
            name.append((char) ('!' + random.nextInt(90)));
        }
        return name.toString().replace("/", "-").replace(".wh.", "_");
    }

    /** Path to kind, permissions, time and content; the root's are not the archive's. */
    private static SortedMap<String, String> describe(Path root) throws IOException {
        var described = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(f -> !f.equals(root))
                    .forEach(f -> described.put(root.relativize(f).toString(), describeFile(f)));
        }
        return described;
    }

    private static String describeFile(Path file) {
        try {
            var attributes =
                    Files.readAttributes(
                            file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                return "-> " + Files.readSymbolicLink(file);
            }
            String permissions = PosixFilePermissions.toString(attributes.permissions());
            return attributes.isDirectory()
                    ? permissions + " directory"
                    : permissions
                            + " "
                            + attributes.lastModifiedTime()
                            + " "
                            + UUID.nameUUIDFromBytes(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
