// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * An image made by a test, in all forms in which images travel.
 *
 * @param config its configuration
 * @param archives its layers, uncompressed
 * @param blobs its layers, as stored
 * @param layerTypes media types of the blobs
 */
public record SampleImage(
        byte[] config, List<byte[]> archives, List<byte[]> blobs, List<String> layerTypes) {
    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    /** An image with a layer for each text. */
    public static SampleImage of(Compression compression, String... texts) {
        List<byte[]> archives =
                java.util.Arrays.stream(texts)
                        .map(text ->
                                new TarBuilder().folder("data/").file("data/" + text, text).build())
                        .toList();
        return ofArchives(compression, archives, "amd64");
    }

    /** An image whose only layer has that many bytes, which do not compress. */
    public static SampleImage large(Compression compression, int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return ofArchives(
                compression, List.of(new TarBuilder().file("large", content).build()), "amd64");
    }

    public static SampleImage ofArchives(
            Compression compression, List<byte[]> archives, String architecture) {
        return new SampleImage(
                config(architecture, archives.stream().map(Digest::of).toList()),
                archives,
                archives.stream().map(compression::of).toList(),
                archives.stream().map(archive -> compression.layerType()).toList());
    }

    public static byte[] config(String architecture, List<Digest> diffIds) {
        return JsonObject.write(
                Map.of(
                        "architecture",
                        architecture,
                        "os",
                        "linux",
                        "created",
                        "2026-01-02T03:04:05Z",
                        "config",
                        Map.of("Cmd", List.of("sh"), "Env", List.of("A=b")),
                        "rootfs",
                        Map.of(
                                "type",
                                "layers",
                                "diff_ids",
                                diffIds.stream().map(Digest::toString).toList())));
    }

    public String id() {
        return Digest.of(config).toString();
    }

    public Digest blobDigest(int layer) {
        return Digest.of(blobs.get(layer));
    }

    public byte[] manifest() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", MANIFEST);
        json.put("config", descriptor(CONFIG, config));
        json.put(
                "layers",
                IntStream.range(0, blobs.size())
                        .mapToObj(i -> descriptor(layerTypes.get(i), blobs.get(i)))
                        .toList());
        return JsonObject.write(json);
    }

    public static Map<String, Object> descriptor(String mediaType, byte[] content) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", mediaType);
        json.put("digest", Digest.of(content).toString());
        json.put("size", content.length);
        return json;
    }

    public static Map<String, Object> with(
            Map<String, Object> descriptor, String key, Object value) {
        Map<String, Object> json = new LinkedHashMap<>(descriptor);
        json.put(key, value);
        return json;
    }

    public static byte[] index(List<?> descriptors) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", INDEX);
        json.put("manifests", descriptors);
        return JsonObject.write(json);
    }

    /** As {@code docker save} of docker 20 writes it, with the names last. */
    public TarBuilder dockerArchive(String... tags) {
        TarBuilder tar = new TarBuilder();
        List<String> layers = new java.util.ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            String name = blobDigest(i).hex() + "/layer.tar";
            tar.folder(blobDigest(i).hex() + "/").file(name, blobs.get(i));
            tar.file(blobDigest(i).hex() + "/VERSION", "1.0");
            layers.add(name);
        }
        String config = Digest.of(this.config).hex() + ".json";
        tar.file(config, this.config);
        tar.file(
                "manifest.json",
                JsonObject.write(
                        List.of(
                                Map.of(
                                        "Config",
                                        config,
                                        "RepoTags",
                                        List.of(tags),
                                        "Layers",
                                        layers))));
        return tar.file("repositories", "{}");
    }

    /** The blobs of an OCI layout. */
    public TarBuilder addBlobs(TarBuilder tar) {
        blob(tar, manifest());
        blob(tar, config);
        blobs.forEach(layer -> blob(tar, layer));
        return tar;
    }

    public static TarBuilder blob(TarBuilder tar, byte[] content) {
        return tar.file("blobs/sha256/" + Digest.of(content).hex(), content);
    }

    public TarBuilder ociLayout(String name) {
        Map<String, Object> descriptor =
                with(
                        descriptor(MANIFEST, manifest()),
                        "annotations",
                        Map.of("io.containerd.image.name", name));
        TarBuilder tar =
                new TarBuilder()
                        .file("index.json", index(List.of(descriptor)))
                        .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        return addBlobs(tar);
    }

    public static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
