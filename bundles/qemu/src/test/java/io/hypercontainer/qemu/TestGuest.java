// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Boot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * A guest of this driver's tests: the real kernel with its modules, and a shell that answers on the
 * agent's port, so that the driver is tested without the agent.
 */
final class TestGuest {
    private static final List<String> MODULES =
            List.of(
                    "virtio_pci",
                    "virtio_console",
                    "virtio_blk",
                    "virtio_net",
                    "virtio_rng",
                    "virtio_balloon",
                    "virtio_mem",
                    "virtiofs");
    private static final Pattern DEPENDS = Pattern.compile("\0depends=([^\0]*)\0");

    private TestGuest() {}

    static Path kernel() {
        var kernel = build().resolve("vmlinuz");
        assertThat(kernel).as("the guest's kernel; guest/kernel makes it").exists();
        return kernel;
    }

    static Boot boot(Path initrd, String... arguments) {
        return new Boot(kernel(), initrd, List.of(arguments));
    }

    /** Writes the initrd. */
    static void initrd(Path file) throws IOException {
        var names = new ArrayList<String>();
        try (var cpio =
                new CpioArchiveOutputStream(
                        Files.newOutputStream(file), CpioConstants.FORMAT_NEW)) {
            for (var folder : List.of("bin", "dev", "proc", "sys", "mnt", "modules")) {
                put(cpio, folder, CpioConstants.C_ISDIR | 0755, new byte[0]);
            }
            put(cpio, "bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")));
            put(cpio, "bin/sh", CpioConstants.C_ISLNK | 0777, utf8("busybox"));
            for (var module : modulesInOrder()) {
                var name = names.size() + ".ko";
                names.add(name);
                put(cpio, "modules/" + name, 0644, Files.readAllBytes(module));
            }
            put(cpio, "modules/order", 0644, utf8(String.join("\n", names) + "\n"));
            try (var init = TestGuest.class.getResourceAsStream("init.sh")) {
                put(cpio, "init", 0755, init.readAllBytes());
            }
        }
        Files.setPosixFilePermissions(
                file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void put(CpioArchiveOutputStream cpio, String name, long mode, byte[] content)
            throws IOException {
        var entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, name, content.length);
        entry.setMode((mode & CpioConstants.S_IFMT) == 0 ? CpioConstants.C_ISREG | mode : mode);
        cpio.putArchiveEntry(entry);
        cpio.write(content);
        cpio.closeArchiveEntry();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SequencedSet<Path> modulesInOrder() throws IOException {
        try (var files = Files.walk(build().resolve("modules/kernel"))) {
            var byName =
                    files.filter(f -> f.toString().endsWith(".ko"))
                            .collect(
                                    Collectors.toMap(
                                            TestGuest::name, Function.identity(), (a, _) -> a));
            var order = new LinkedHashSet<Path>();
            for (var module : MODULES) {
                add(module, byName, order);
            }
            return order;
        }
    }

    private static void add(String module, Map<String, Path> byName, SequencedSet<Path> order)
            throws IOException {
        var file = byName.get(module);
        if (file == null || order.contains(file)) {
            return; // built into the kernel, or there already
        }
        var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        var depends = DEPENDS.matcher(text);
        assertThat(depends.find()).as("dependencies of " + file).isTrue();
        for (var needed : Arrays.asList(depends.group(1).split(","))) {
            add(needed, byName, order);
        }
        order.add(file);
    }

    private static String name(Path module) {
        return module.getFileName().toString().replace(".ko", "").replace('-', '_');
    }

    private static Path build() {
        return Path.of(System.getProperty("hyper.guest.build")).toAbsolutePath().normalize();
    }
}
