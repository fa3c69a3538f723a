// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The guest's initrd with the modules of another kernel. It holds the agent, {@code /modules/*.ko}
 * and {@code /modules/list}: for each module a line that ends with it and names before it what has
 * to be loaded first. A kernel unpacks several archives one over the other, so a second one behind
 * the first replaces the list.
 */
final class Initrd {
    /** What the agent asks for by name; ext4 is built in. */
    private static final List<String> WANTED = List.of("overlay", "erofs");

    private Initrd() {}

    /**
     * @param given the initrd that is to be extended
     * @param modules folder of the kernel's modules
     */
    static void write(Path file, Path given, Path modules) {
        if (!Files.isReadable(given)) {
            throw new InvalidSpec("initrd " + given + " cannot be read");
        }
        try (var out = Files.newOutputStream(file)) {
            var length = Files.copy(given, out);
            // The next archive has to begin at a multiple of four.
            out.write(new byte[(int) (-length & 3)]);
            out.write(archive(modules));
        } catch (IOException e) {
            throw new DriverFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] archive(Path modules) throws IOException {
        var dependencies = dependencies(modules.resolve("modules.dep"));
        var list = new StringBuilder();
        Set<String> needed = new LinkedHashSet<>();
        for (var name : WANTED) {
            // What is not there is built in.
            dependencies.keySet().stream()
                    .filter(path -> name(path).equals(name))
                    .findFirst()
                    .ifPresent(path -> {
                        // modprobe(8) loads from the last to the first, then the module itself.
                        var order = new ArrayList<>(dependencies.get(path).reversed());
                        order.add(path);
                        needed.addAll(order);
                        list.append(
                                order.stream()
                                        .map(Initrd::name)
                                        .collect(Collectors.joining(" ", "", "\n")));
                    });
        }
        var archive = new Archive();
        archive.file("modules/list", list.toString().getBytes(StandardCharsets.UTF_8));
        for (var path : needed) {
            archive.file(
                    "modules/" + name(path) + ".ko", Files.readAllBytes(modules.resolve(path)));
        }
        return archive.end();
    }

    /** Lines like {@code kernel/fs/fuse/virtiofs.ko: kernel/fs/fuse/fuse.ko}. */
    private static Map<String, List<String>> dependencies(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.map(l -> l.split(":", 2))
                    .filter(l -> l.length == 2)
                    .collect(
                            Collectors.toMap(
                                    l -> l[0],
                                    l ->
                                            Stream.of(l[1].split(" "))
                                                    .filter(d -> !d.isEmpty())
                                                    .toList(),
                                    (a, b) -> a));
        }
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1)
                .replaceFirst("\\.ko$", "")
                .replace('-', '_');
    }

    /** An archive in cpio's "newc" form (kernel, Documentation/driver-api/early-userspace). */
    private static final class Archive {
        private static final int REGULAR_FILE = 0100644;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int inode;

        void file(String name, byte[] content) {
            entry(name, REGULAR_FILE, content);
        }

        byte[] end() {
            entry("TRAILER!!!", 0, new byte[0]);
            return out.toByteArray();
        }

        private void entry(String name, int mode, byte[] content) {
            var path = name.getBytes(StandardCharsets.US_ASCII);
            // Inode, mode, owner, group, links, time, size, 4 device numbers, name with its end,
            // sum.
            var fields =
                    new int[] {
                        ++inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length + 1, 0
                    };
            var header = new StringBuilder("070701");
            for (var field : fields) {
                header.append("%08X".formatted(field));
            }
            out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(path);
            out.write(0);
            align();
            out.writeBytes(content);
            align();
        }

        private void align() {
            out.writeBytes(new byte[-out.size() & 3]);
        }
    }
}
