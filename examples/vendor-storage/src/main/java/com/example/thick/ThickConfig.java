// SPDX-License-Identifier: Apache-2.0
package com.example.thick;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the driver, pid {@code com.example.thick}. */
@ObjectClassDefinition(
        name = "Storage driver thick",
        description = "Disks of containers and volumes that are allocated in full")
public @interface ThickConfig {
    /** {@return name of the driver that keeps the layers} */
    @AttributeDefinition(description = "The storage driver that keeps the layers of images")
    String layers() default "overlay";

    /** {@return MiB of a container's disk} */
    @AttributeDefinition(
            description = "What a container can write, unless it asks for another size, in MiB",
            min = "16")
    long root_mib() default 1024;

    /** {@return MiB of a volume} */
    @AttributeDefinition(
            description = "What a volume holds, unless another size is asked for, in MiB",
            min = "16")
    long volume_mib() default 1024;
}
