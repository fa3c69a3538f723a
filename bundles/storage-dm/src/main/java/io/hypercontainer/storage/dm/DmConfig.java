// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code hyper.storage.dm}. */
@ObjectClassDefinition(
        name = "Storage driver dm",
        description = "Root file systems and volumes as thin block devices of device-mapper")
public @interface DmConfig {
    /** {@return name of the pool in device-mapper; empty for one after the daemon's folder} */
    @AttributeDefinition(
            name = "Name of the pool",
            description = "As dmsetup shows it; empty: one after the daemon's folder")
    String poolName() default "";

    /** {@return block device for data; empty for a file that grows} */
    @AttributeDefinition(
            name = "Block device for data",
            description = "All of it is used, what is on it is lost; empty: a file that grows")
    String dataDevice() default "";

    /** {@return block device for the pool's metadata; empty for a file} */
    @AttributeDefinition(
            name = "Block device for the pool's metadata",
            description = "Given together with the one for data, some hundred MiB, zero at first")
    String metadataDevice() default "";

    /** {@return what is shared and copied at once, in KiB} */
    @AttributeDefinition(
            name = "Block size of a new pool in KiB",
            description = "64 KiB to 1 GiB, a multiple of 64 KiB; larger is faster and shares less")
    int blockKiB() default 64;

    /** {@return size of a new metadata file, in MiB} */
    @AttributeDefinition(
            name = "Size of the metadata file in MiB",
            description = "At first; it grows when it is three quarters full")
    int metadataMiB() default 16;

    /** {@return free space below which the data file grows, in MiB} */
    @AttributeDefinition(
            name = "Low-water mark in MiB",
            description = "When less than this is free, the data file grows")
    int lowWaterMiB() default 128;

    /** {@return by how much the data file grows, in MiB} */
    @AttributeDefinition(
            name = "Growth in MiB",
            description = "Size of a new data file, and by how much it grows at least")
    int growMiB() default 512;

    /** {@return whether space that becomes free is given back to the block device} */
    @AttributeDefinition(
            name = "Discard",
            description =
                    "Whether the block device for data is told what is not used any more; a file"
                            + " keeps its size, so that the host cannot run full under the pool")
    boolean discard() default false;

    /** {@return most that a container's root file system holds} */
    @AttributeDefinition(
            name = "Size of a root file system in MiB",
            description =
                    "What image and container hold at most, unless a container asks for another"
                            + " size. Images that are here keep theirs")
    long rootSizeMiB() default 10 * 1024;

    /** {@return most that a volume may hold, unless another size is asked for} */
    @AttributeDefinition(
            name = "Size of a volume in MiB",
            description = "What a volume holds at most, unless another size is asked for")
    long volumeSizeMiB() default 10 * 1024;
}
