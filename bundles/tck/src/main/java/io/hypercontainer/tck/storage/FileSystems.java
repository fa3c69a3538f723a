// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.storage.Root;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** File systems that drivers deliver. */
final class FileSystems {
    private FileSystems() {}

    /** The file is there, as long as it says, and begins as its type does. */
    static void check(Root.FileSystem files) {
        that(files.file().isAbsolute(), "%s is no absolute path", files.file());
        that(files.length() % 4096 == 0, "a length of %d, no multiple of 4096", files.length());
        try {
            if (Files.isRegularFile(files.file())) {
                that(
                        Files.size(files.file()) >= files.length(),
                        "%s is shorter than %d bytes",
                        files.file(),
                        files.length());
            }
            var magic = magic(files.file());
            switch (files.type()) {
                case "erofs" -> same("the mark of erofs", "e2e1f5e0", magic.get(0));
                case "ext4" -> same("the mark of ext4", "53ef", magic.get(1));
                default -> that(false, "the type is '%s', not erofs or ext4", files.type());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> magic(Path file) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var head = new byte[2048];
            in.readFully(head);
            var hex = java.util.HexFormat.of();
            return List.of(
                    hex.formatHex(head, 1024, 1028), hex.formatHex(head, 1024 + 0x38, 1024 + 0x3a));
        }
    }
}
