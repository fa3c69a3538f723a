// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import java.util.Set;

/** Names of content that images are made of (OCI image-spec media-types.md, docker's schema 2). */
public final class MediaTypes {
    /** OCI manifest. */
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /** OCI configuration. */
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

    /** OCI layer, uncompressed; compressed with {@code +gzip} or {@code +zstd} behind it. */
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

    private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    /** Manifests and indexes that {@link Document} reads, best first. */
    public static final List<String> DOCUMENTS =
            List.of(OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST);

    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    private static final Set<String> SAY_NOTHING =
            Set.of("", "application/json", "application/octet-stream", "text/plain");

    private static final Set<String> CONFIGS =
            Set.of(OCI_CONFIG, "application/vnd.docker.container.image.v1+json");

    private static final Set<String> LAYERS =
            Set.of(
                    OCI_LAYER,
                    OCI_LAYER + "+gzip",
                    OCI_LAYER + "+zstd",
                    DOCKER_LAYER,
                    DOCKER_LAYER + ".gzip",
                    DOCKER_LAYER + ".zstd");

    private MediaTypes() {}

    /** {@return OCI's name for what docker calls so; other names as they are} */
    static String oci(String mediaType) {
        return mediaType.startsWith(DOCKER_LAYER)
                ? OCI_LAYER + mediaType.substring(DOCKER_LAYER.length()).replace('.', '+')
                : mediaType;
    }

    static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    /** {@return whether this is what servers say that know nothing of images} */
    static boolean saysNothing(String mediaType) {
        return SAY_NOTHING.contains(mediaType);
    }

    static void checkNotSchema1(String mediaType, String where) {
        if (mediaType.startsWith(SCHEMA_1)) {
            throw new InvalidSpec(
                    where
                            + " has docker's manifest format \"schema 1\", which is obsolete; push"
                            + " the image again with a current tool");
        }
    }

    static void checkConfig(String mediaType, String where) {
        if (!CONFIGS.contains(mediaType)) {
            throw new InvalidSpec(
                    where
                            + " is not a container image: its configuration is "
                            + Printable.line(mediaType, 100));
        }
    }

    static void checkLayer(String mediaType, String where) {
        if (mediaType.contains("foreign") || mediaType.contains("nondistributable")) {
            throw new InvalidSpec(
                    where + " has a layer that its registry may not distribute (Windows base)");
        }
        if (!LAYERS.contains(mediaType)) {
            throw new InvalidSpec(
                    where + " has a layer of unknown media type " + Printable.line(mediaType, 100));
        }
    }
}
