// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.registry.RegistrySettings;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/**
 * {@link ImageConfiguration}, checked.
 *
 * @param storage storage driver for new images, empty for the best
 * @param maxLayerBytes the most bytes of a layer, uncompressed
 * @param maxImageBytes the most bytes of an image or archive
 * @param registry how to talk to registries
 */
record ImageSettings(
        String storage, long maxLayerBytes, long maxImageBytes, RegistrySettings registry) {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    static ImageSettings of(ImageConfiguration configuration) {
        return new ImageSettings(
                configuration.storage(),
                Math.max(1, configuration.maxLayerBytes()),
                Math.max(1, configuration.maxImageBytes()),
                new RegistrySettings(
                        Set.copyOf(Arrays.asList(configuration.insecureRegistries())),
                        Arrays.stream(configuration.mirrors()).map(ImageSettings::mirror).toList(),
                        Math.clamp(configuration.maxConcurrentDownloads(), 1, 64),
                        Duration.ofSeconds(Math.max(1, configuration.connectSeconds())),
                        Duration.ofSeconds(Math.max(1, configuration.silenceSeconds())),
                        Math.clamp(configuration.resumptions(), 0, 10),
                        PAUSE));
    }

    private static URI mirror(String text) {
        try {
            URI uri = URI.create(text.replaceFirst("/+$", ""));
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below like any other URL that is of no use.
        }
        throw new InvalidSpec(
                "configuration hyper.image: the mirror "
                        + text
                        + " is no URL like https://mirror.example");
    }
}
