// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the store knows of an image: the blobs it is made of.
 *
 * @param id digest of its configuration
 * @param manifest digest of its manifest
 * @param layers its layers, lowest first
 */
public record ImageRecord(Digest id, Digest manifest, List<StoredLayer> layers) {
    private static final int VERSION = 1;
    private static final int MAX_LAYERS = 500;

    /** Keeps an unmodifiable copy. */
    public ImageRecord {
        layers = List.copyOf(layers);
    }

    /**
     * A layer as it is stored.
     *
     * @param diffId digest of the uncompressed archive
     * @param blob digest of the archive as it is stored
     * @param blobSize length of the blob
     * @param size length of the uncompressed archive
     */
    public record StoredLayer(Digest diffId, Digest blob, long blobSize, long size) {}

    /** {@return diff ids, lowest first} */
    public List<Digest> chain() {
        return layers.stream().map(StoredLayer::diffId).toList();
    }

    /** {@return digests of all blobs that it is made of} */
    public Stream<Digest> blobs() {
        return Stream.concat(Stream.of(id, manifest), layers.stream().map(StoredLayer::blob));
    }

    /**
     * @param chain diff ids, lowest first
     * @return the layers for drivers
     */
    public static List<Layer> layers(List<Digest> chain) {
        List<String> names = chain.stream().map(Digest::toString).toList();
        return IntStream.range(0, names.size())
                .mapToObj(i -> new Layer(names.get(i), names.subList(0, i)))
                .toList();
    }

    byte[] toJson() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (StoredLayer layer : layers) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("diffId", layer.diffId.toString());
            json.put("blob", layer.blob.toString());
            json.put("blobSize", layer.blobSize);
            json.put("size", layer.size);
            all.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("id", id.toString());
        json.put("manifest", manifest.toString());
        json.put("layers", all);
        return JsonObject.write(json);
    }

    static ImageRecord parse(byte[] bytes, String where) {
        JsonObject json = Records.parse(bytes, where, VERSION);
        return new ImageRecord(
                Digest.parse(json.text("id"), where),
                Digest.parse(json.text("manifest"), where),
                json.objects("layers", MAX_LAYERS).stream()
                        .map(layer ->
                                new StoredLayer(
                                        Digest.parse(layer.text("diffId"), where),
                                        Digest.parse(layer.text("blob"), where),
                                        layer.number("blobSize"),
                                        layer.number("size")))
                        .toList());
    }
}
