// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.image.NewImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Configurations of images that are made of others (OCI image-spec config.md). What this store does
 * not know of the other's stays as it is.
 */
public final class ChildConfiguration {
    /** Digest of an archive of nothing: two blocks of zeros. */
    public static final Digest EMPTY_LAYER = Digest.of(new byte[1024]);

    private static final String ROOTFS = "rootfs";
    private static final String HISTORY = "history";

    private ChildConfiguration() {}

    /**
     * @param parent configuration of the other image
     * @param image what is to be made of it
     * @param layer diff id of the further layer, if there is one
     * @param created when it is made
     * @return the new image's configuration
     */
    public static byte[] of(
            byte[] parent, NewImage image, Optional<Digest> layer, Instant created) {
        Map<String, Object> json = JsonObject.parse(parent, "image " + image.parent()).toMap();
        // They tell of the container that the other image was made of.
        json.remove("container");
        json.remove("container_config");
        json.put("created", created.toString());
        set(json, "author", image.author());
        json.put("config", config(object(json, "config"), image.config()));
        Map<String, Object> rootfs = object(json, ROOTFS);
        rootfs.put("diff_ids", with(rootfs, "diff_ids", layer.map(Digest::toString)));
        json.put(ROOTFS, rootfs);
        json.put(
                HISTORY,
                with(json, HISTORY, Optional.of(history(image, layer.isEmpty(), created))));
        return JsonObject.write(json);
    }

    private static Map<String, Object> history(NewImage image, boolean isEmpty, Instant created) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", created.toString());
        set(json, "created_by", image.createdBy());
        set(json, "author", image.author());
        set(json, "comment", image.comment());
        if (isEmpty) {
            json.put("empty_layer", true);
        }
        return json;
    }

    private static Map<String, Object> config(Map<String, Object> json, ImageConfig config) {
        set(json, "Entrypoint", config.entrypoint());
        set(json, "Cmd", config.command());
        set(json, "Env", config.env());
        set(json, "User", config.user());
        set(json, "WorkingDir", config.workdir());
        set(json, "ExposedPorts", keys(config.exposedPorts()));
        set(json, "Volumes", keys(config.volumes()));
        set(json, "Labels", config.labels());
        set(json, "StopSignal", config.stopSignal());
        set(
                json,
                "Healthcheck",
                config.healthcheck().map(ChildConfiguration::check).orElse(Map.of()));
        return json;
    }

    private static Map<String, Object> check(ImageConfig.Healthcheck check) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Test", check.test());
        json.put("Interval", check.intervalNanos());
        json.put("Timeout", check.timeoutNanos());
        json.put("StartPeriod", check.startPeriodNanos());
        json.put("Retries", check.retries());
        return json;
    }

    private static Map<String, Object> keys(List<String> keys) {
        return keys.stream()
                .sorted()
                .distinct()
                .collect(
                        Collectors.toMap(
                                key -> key, key -> Map.of(), (a, b) -> a, LinkedHashMap::new));
    }

    /** Leaves nothing where nothing is said. */
    private static void set(Map<String, Object> json, String field, Object value) {
        boolean isEmpty =
                switch (value) {
                    case String text -> text.isEmpty();
                    case Collection<?> list -> list.isEmpty();
                    case Map<?, ?> map -> map.isEmpty();
                    default -> false;
                };
        if (isEmpty) {
            json.remove(field);
        } else {
            json.put(field, value);
        }
    }

    private static Map<String, Object> object(Map<String, Object> json, String field) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (json.get(field) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> copy.put((String) key, value));
        }
        return copy;
    }

    private static List<Object> with(Map<String, Object> json, String field, Optional<?> more) {
        List<Object> all = new ArrayList<>();
        if (json.get(field) instanceof List<?> list) {
            all.addAll(list);
        }
        more.ifPresent(all::add);
        return all;
    }
}
