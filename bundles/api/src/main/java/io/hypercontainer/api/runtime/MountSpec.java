// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.TmpfsOptions;
import java.util.Optional;

/** Something to mount in a container. Targets are absolute paths other than {@code /}. */
public sealed interface MountSpec {
    /** {@return where it is mounted} */
    String target();

    /**
     * A volume, filled with the image's files below the target while it is empty.
     *
     * @param name its name; it is made if it does not exist. Empty for an anonymous one
     * @param target where it is mounted
     * @param readOnly whether it may only be read
     * @param noCopy whether it stays empty instead
     */
    record Volume(Optional<String> name, String target, boolean readOnly, boolean noCopy)
            implements MountSpec {
        /**
         * A volume that is filled.
         *
         * @param name its name
         * @param target where it is mounted
         * @param readOnly whether it may only be read
         */
        public Volume(Optional<String> name, String target, boolean readOnly) {
            this(name, target, readOnly, false);
        }
    }

    /**
     * A regular file or a folder of the host; needs a hypervisor that can share such.
     *
     * @param source absolute path of something that exists
     * @param target where it is mounted
     * @param readOnly whether it may only be read
     */
    record Bind(String source, String target, boolean readOnly) implements MountSpec {}

    /**
     * A file system in the guest's memory.
     *
     * @param target where it is mounted
     * @param sizeBytes its size, 0 for half the memory
     * @param mode permissions of its root
     * @param options how it is mounted
     */
    record Tmpfs(String target, long sizeBytes, int mode, TmpfsOptions options)
            implements MountSpec {
        /**
         * One that is mounted as usual.
         *
         * @param target where it is mounted
         * @param sizeBytes its size, 0 for half the memory
         * @param mode permissions of its root
         */
        public Tmpfs(String target, long sizeBytes, int mode) {
            this(target, sizeBytes, mode, TmpfsOptions.DEFAULT);
        }
    }
}
