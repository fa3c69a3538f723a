// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/** Something mounted in a container. Targets are absolute and resolved inside its root. */
public sealed interface GuestMount {
    /** {@return where it is mounted; made if it is missing} */
    String target();

    /** {@return whether it may only be read} */
    boolean readOnly();

    /**
     * A volume on a disk of its own.
     *
     * @param disk the disk's id
     * @param type its file system
     * @param target where it is mounted
     * @param readOnly whether it may only be read
     * @param populate whether an empty volume first gets the image's files below the target
     */
    record Volume(String disk, String type, String target, boolean readOnly, boolean populate)
            implements GuestMount {}

    /**
     * A shared host folder, or one file of it.
     *
     * @param tag the share's tag
     * @param path path below the share, empty for the whole folder
     * @param target where it is mounted
     * @param readOnly whether it may only be read
     */
    record Bind(String tag, String path, String target, boolean readOnly) implements GuestMount {}

    /**
     * A file system in the guest's memory.
     *
     * @param sizeBytes its size, 0 for half the memory
     * @param mode permissions of its root, such as 01777
     * @param target where it is mounted
     * @param options how it is mounted
     */
    record Tmpfs(long sizeBytes, int mode, String target, TmpfsOptions options)
            implements GuestMount {
        @Override
        public boolean readOnly() {
            return options.readOnly();
        }
    }
}
