// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code hyper.image}. */
@ObjectClassDefinition(
        name = "Images",
        description = "Where images come from, where they go and how large they may be.")
public @interface ImageConfiguration {
    /** {@return name of a storage driver} */
    @AttributeDefinition(
            description =
                    "Storage driver that gets the layers of new images; empty for the one with the"
                            + " highest ranking that works here.")
    String storage() default "";

    /** {@return hosts} */
    @AttributeDefinition(
            description =
                    "Registries (host or host:port) to which plain HTTP is spoken. All others must"
                            + " speak HTTPS.")
    String[] insecureRegistries() default {"localhost", "127.0.0.1"};

    /** {@return URLs} */
    @AttributeDefinition(
            description = "URLs of mirrors that are asked for images of Docker Hub first.")
    String[] mirrors() default {};

    /** {@return a number} */
    @AttributeDefinition(description = "How many blobs are downloaded at a time.", min = "1")
    int maxConcurrentDownloads() default 3;

    /** {@return bytes} */
    @AttributeDefinition(
            description = "The most bytes that a layer may have, uncompressed.",
            min = "1")
    long maxLayerBytes() default 64L << 30;

    /** {@return bytes} */
    @AttributeDefinition(
            description =
                    "The most bytes that an image may have in its registry, or an archive of"
                            + " images uncompressed.",
            min = "1")
    long maxImageBytes() default 128L << 30;

    /** {@return seconds} */
    @AttributeDefinition(
            description = "How many seconds connecting to a registry may take.",
            min = "1")
    int connectSeconds() default 30;

    /** {@return seconds} */
    @AttributeDefinition(
            description = "After how many seconds without data a registry is given up.",
            min = "1")
    int silenceSeconds() default 60;

    /** {@return a number} */
    @AttributeDefinition(
            description = "How often a download that broke off is taken up again.",
            min = "0")
    int resumptions() default 5;
}
