// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.shell.format.Fields;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An image as {@code inspect} shows it, in docker's fields. */
public final class ImageDetails {
    private ImageDetails() {}

    /**
     * @param image an image
     * @return all about it
     */
    public static Fields of(Image image) {
        return new Fields()
                .put("Id", image.id())
                .put("RepoTags", image.references())
                .put("RepoDigests", image.digests())
                .put("Created", image.created().toString())
                .put("Config", config(image.config()))
                .put("Architecture", image.config().architecture())
                .put("Os", image.config().os())
                .put("Size", image.sizeBytes())
                .put("RootFS", new Fields().put("Type", "layers").put("Layers", image.layers()));
    }

    private static Fields config(ImageConfig config) {
        Fields fields =
                new Fields()
                        .put("User", config.user())
                        .put("ExposedPorts", set(config.exposedPorts()))
                        .put("Env", config.env())
                        .put("Cmd", config.command())
                        .put("Entrypoint", config.entrypoint())
                        .put("Volumes", set(config.volumes()))
                        .put("WorkingDir", config.workdir())
                        .put("Labels", config.labels())
                        .put("StopSignal", config.stopSignal());
        config.healthcheck().ifPresent(check -> fields.put("Healthcheck", check(check)));
        return fields;
    }

    private static Fields check(ImageConfig.Healthcheck check) {
        return new Fields()
                .put("Test", check.test())
                .put("Interval", check.intervalNanos())
                .put("Timeout", check.timeoutNanos())
                .put("StartPeriod", check.startPeriodNanos())
                .put("Retries", (long) check.retries());
    }

    /** Go's way to write a set. */
    private static Map<String, Object> set(List<String> values) {
        Map<String, Object> set = new TreeMap<>();
        values.forEach(value -> set.put(value, Map.of()));
        return set;
    }
}
