// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hypercontainer.api.agent.TmpfsOptions;

/** Something mounted in a container, with all decided. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Mounted.InVolume.class, name = "volume"),
    @JsonSubTypes.Type(value = Mounted.OfHost.class, name = "bind"),
    @JsonSubTypes.Type(value = Mounted.InMemory.class, name = "tmpfs")
})
public sealed interface Mounted {
    /** {@return absolute path in the container} */
    String target();

    /**
     * A volume.
     *
     * @param name its name
     * @param target absolute path in the container
     * @param readOnly whether it may only be read
     * @param anonymous whether nobody named it
     * @param noCopy whether it stays empty where the image has files
     */
    record InVolume(String name, String target, boolean readOnly, boolean anonymous, boolean noCopy)
            implements Mounted {}

    /**
     * A folder or file of the host.
     *
     * @param source absolute path on the host
     * @param target absolute path in the container
     * @param readOnly whether it may only be read
     */
    record OfHost(String source, String target, boolean readOnly) implements Mounted {}

    /**
     * A file system in the guest's memory.
     *
     * @param target absolute path in the container
     * @param sizeBytes its size, 0 for half the memory
     * @param mode permissions of its root
     * @param options how it is mounted
     */
    record InMemory(String target, long sizeBytes, int mode, TmpfsOptions options)
            implements Mounted {}
}
