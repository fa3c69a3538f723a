// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Layers that storage drivers may have though no image needs them: of an image that is being
 * fetched or was deleted. Written before the driver gets the layer or the image goes, so that a
 * crash leaves no layer that nobody knows of; drivers cannot be asked what they have.
 */
final class LayerJournal {
    private static final int VERSION = 1;
    private static final int MAX_LAYERS = 500;

    private final Records records;
    private final ConcurrentMap<String, List<Digest>> chains = new ConcurrentHashMap<>();

    LayerJournal(StoreFolder folder) {
        records = new Records(folder, "unsettled");
        records.read(LayerJournal::parse, chains::put);
    }

    /**
     * @param chain diff ids, lowest first
     * @return key of the entry
     */
    String add(List<Digest> chain) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("layers", chain.stream().map(Digest::toString).toList());
        String key = UUID.randomUUID().toString();
        records.write(key, JsonObject.write(json));
        chains.put(key, List.copyOf(chain));
        return key;
    }

    /** {@return all entries} */
    Map<String, List<Digest>> all() {
        return Map.copyOf(chains);
    }

    void remove(String key) {
        records.delete(key);
        chains.remove(key);
    }

    private static List<Digest> parse(byte[] bytes, String where) {
        return Records.parse(bytes, where, VERSION).texts("layers", MAX_LAYERS).stream()
                .map(text -> Digest.parse(text, where))
                .toList();
    }
}
