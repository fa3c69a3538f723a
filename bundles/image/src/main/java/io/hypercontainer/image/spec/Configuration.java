// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * An image's configuration (OCI image-spec config.md).
 *
 * @param config how to run it
 * @param diffIds digests of its uncompressed layers, lowest first
 * @param created when it was built
 */
public record Configuration(ImageConfig config, List<Digest> diffIds, Instant created) {
    /** The most bytes that a configuration may have. */
    public static final int MAX_BYTES = 8 << 20;

    private static final int MAX_LAYERS = 500;
    private static final int MAX_LIST = 10_000;

    /** Keeps an unmodifiable copy. */
    public Configuration {
        diffIds = List.copyOf(diffIds);
    }

    /**
     * @param bytes a configuration
     * @param where what it is, for messages
     * @return what it says
     * @throws InvalidSpec if it is malformed, or of an image that guests cannot run
     */
    public static Configuration parse(byte[] bytes, String where) {
        JsonObject json = JsonObject.parse(bytes, where);
        Platform platform =
                new Platform(
                        json.text("os", Platform.GUEST.os()),
                        json.text("architecture", Platform.GUEST.architecture()),
                        json.text("variant", ""));
        if (!platform.runsInGuests()) {
            throw Document.wrongPlatform(where, platform.toString());
        }
        JsonObject rootfs =
                json.object("rootfs")
                        .orElseThrow(() -> new InvalidSpec(where + " has no \"rootfs\""));
        List<Digest> diffIds =
                rootfs.texts("diff_ids", MAX_LAYERS).stream()
                        .map(text -> Digest.parse(text, where))
                        .toList();
        return new Configuration(
                json.object("config")
                        .map(c -> config(c, platform))
                        .orElseGet(() ->
                                config(JsonObject.parse(new byte[] {'{', '}'}, where), platform)),
                diffIds,
                instant(json.text("created", "")));
    }

    /**
     * @param layers how many layers there are
     * @param where whose, for the message
     * @throws InvalidSpec if this configuration is for another number of layers
     */
    public void checkLayers(int layers, String where) {
        if (layers != diffIds.size()) {
            throw new InvalidSpec(
                    "%s has %d layers, but its configuration names %d"
                            .formatted(where, layers, diffIds.size()));
        }
    }

    private static ImageConfig config(JsonObject json, Platform platform) {
        return new ImageConfig(
                platform.architecture(),
                platform.os(),
                json.texts("Entrypoint", MAX_LIST),
                json.texts("Cmd", MAX_LIST),
                json.texts("Env", MAX_LIST),
                json.text("User", ""),
                json.text("WorkingDir", ""),
                keys(json, "ExposedPorts"),
                keys(json, "Volumes"),
                json.textMap("Labels", MAX_LIST),
                json.text("StopSignal", ""),
                json.object("Healthcheck").flatMap(Configuration::healthcheck));
    }

    private static List<String> keys(JsonObject json, String field) {
        return json.object(field).stream()
                .flatMap(o -> o.keys(MAX_LIST).stream())
                .sorted()
                .toList();
    }

    private static Optional<ImageConfig.Healthcheck> healthcheck(JsonObject json) {
        List<String> test = json.texts("Test", MAX_LIST);
        if (test.isEmpty() || test.getFirst().equals("NONE")) {
            return Optional.empty();
        }
        return Optional.of(
                new ImageConfig.Healthcheck(
                        test,
                        Math.max(0, json.number("Interval", 0)),
                        Math.max(0, json.number("Timeout", 0)),
                        Math.max(0, json.number("StartPeriod", 0)),
                        Math.clamp(json.number("Retries", 0), 0, Integer.MAX_VALUE)));
    }

    /** An image that does not say when it was built, or says nonsense, is as good as any other. */
    private static Instant instant(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
