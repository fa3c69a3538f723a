// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code hyper.storage.overlay}. */
@ObjectClassDefinition(
        name = "Storage driver overlay",
        description = "Image layers as read-only EROFS images, writable disks as sparse ext4 files")
public @interface OverlayConfig {
    /** {@return most that a container may write, unless it asks for another size} */
    @AttributeDefinition(
            name = "Size of a container's disk in MiB",
            description = "What a container can write at most; the host gives space when it does")
    long rootSizeMiB() default 10 * 1024;

    /** {@return most that a volume may hold, unless another size is asked for} */
    @AttributeDefinition(
            name = "Size of a volume in MiB",
            description = "What a volume can hold at most; the host gives space as it fills")
    long volumeSizeMiB() default 10 * 1024;
}
