// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.StorageDriver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Layers of images to be taken in. */
public final class Layers {
    private static final Pattern FIRST = Pattern.compile("\"Layers\":\\s*\\[\\s*\"([^\"]+)\"");

    private Layers() {}

    /** {@return the layer of the image that comes with the distribution} */
    public static byte[] busybox(Path image) {
        var manifest = new String(entry(image, "manifest.json"), StandardCharsets.UTF_8);
        var layer = FIRST.matcher(manifest);
        if (!layer.find()) {
            throw new IllegalStateException(image + " has no layers");
        }
        return entry(image, layer.group(1));
    }

    private static byte[] entry(Path archive, String name) {
        try (var tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().replaceFirst("^\\./", "").equals(name)) {
                    return tar.readAllBytes();
                }
            }
            throw new IllegalStateException(archive + " has no " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the name of a layer with this content} */
    public static Layer of(byte[] tar) {
        return over(List.of(), tar);
    }

    /** {@return the name of a layer with this content over others} */
    public static Layer over(List<Layer> below, byte[] tar) {
        return new Layer(digest(tar), below.stream().map(Layer::diffId).toList());
    }

    /** Takes a layer in, as the image store does. */
    public static Layer take(StorageDriver storage, byte[] tar) {
        return take(storage, List.of(), tar);
    }

    /** Takes a layer in over others, as the image store does. */
    public static Layer take(StorageDriver storage, List<Layer> below, byte[] tar) {
        var layer = over(below, tar);
        storage.importLayer(layer, new ByteArrayInputStream(tar), () -> {});
        return layer;
    }

    private static String digest(byte[] content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content);
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
