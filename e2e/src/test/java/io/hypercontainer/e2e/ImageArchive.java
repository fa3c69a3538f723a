// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.json.JsonMapper;

/** Writes an archive as {@code docker save} does. */
final class ImageArchive {
    private final String reference;
    private final List<Path> layers = new ArrayList<>();
    private final Map<String, Object> config = new LinkedHashMap<>();
    private String architecture = "amd64";

    ImageArchive(String reference) {
        this.reference = reference;
    }

    ImageArchive layer(Path tar) {
        layers.add(tar);
        return this;
    }

    ImageArchive config(String key, Object value) {
        config.put(key, value);
        return this;
    }

    ImageArchive architecture(String name) {
        architecture = name;
        return this;
    }

    Path write(Path file) throws IOException {
        var json = new JsonMapper();
        var diffIds = new ArrayList<String>();
        for (Path layer : layers) {
            diffIds.add("sha256:" + sha256(layer));
        }
        byte[] imageConfig =
                json.writeValueAsBytes(
                        Map.of(
                                "architecture",
                                architecture,
                                "os",
                                "linux",
                                "created",
                                "2026-01-01T00:00:00Z",
                                "config",
                                config,
                                "rootfs",
                                Map.of("type", "layers", "diff_ids", diffIds)));
        var names = new ArrayList<String>();
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            add(tar, "config.json", imageConfig.length, new ByteArrayInputStream(imageConfig));
            for (int i = 0; i < layers.size(); i++) {
                names.add("layer" + i + "/layer.tar");
                try (var in = Files.newInputStream(layers.get(i))) {
                    add(tar, names.get(i), Files.size(layers.get(i)), in);
                }
            }
            byte[] manifest =
                    json.writeValueAsBytes(
                            List.of(
                                    Map.of(
                                            "Config",
                                            "config.json",
                                            "RepoTags",
                                            List.of(reference),
                                            "Layers",
                                            names)));
            add(tar, "manifest.json", manifest.length, new ByteArrayInputStream(manifest));
        }
        return file;
    }

    /** A layer with the given files: name to content. A name that ends in a slash is a folder. */
    static Path layerOf(Path file, Map<String, String> files) throws IOException {
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            for (var each : files.entrySet()) {
                byte[] content = each.getValue().getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(each.getKey(), true);
                entry.setSize(content.length);
                entry.setMode(each.getKey().endsWith("/") ? 040755 : 0100755);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return file;
    }

    /** A layer with Debian's static busybox. */
    static Path busybox(Path file) throws IOException {
        Path program = Path.of("/bin/busybox");
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file));
                var in = Files.newInputStream(program)) {
            var entry = new TarArchiveEntry("bin/busybox");
            entry.setSize(Files.size(program));
            entry.setMode(0100755);
            tar.putArchiveEntry(entry);
            in.transferTo(tar);
            tar.closeArchiveEntry();
        }
        return file;
    }

    private static void add(TarArchiveOutputStream tar, String name, long size, InputStream content)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        tar.putArchiveEntry(entry);
        content.transferTo(tar);
        tar.closeArchiveEntry();
    }

    static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n; (n = in.read(buffer)) >= 0; ) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    static byte[] bytes(Path file) throws IOException {
        var out = new ByteArrayOutputStream();
        Files.copy(file, out);
        return out.toByteArray();
    }
}
