// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.util.List;
import java.util.Optional;

/** Where a guest finds a container's root file system. Disks are named by their ids. */
public sealed interface GuestRoot {
    /**
     * Read-only file systems, stacked by the guest, with a writable disk on top.
     *
     * @param layers where they are, lowest first; on one disk or on several
     * @param writable disk that takes the changes; without, they are kept in the guest's memory
     * @param writableType its file system
     */
    record Layers(List<Layer> layers, Optional<String> writable, String writableType)
            implements GuestRoot {
        /** Keeps an unmodifiable copy. */
        public Layers {
            layers = List.copyOf(layers);
        }
    }

    /**
     * A layer's place.
     *
     * @param disk the disk that it is on
     * @param offset first byte
     * @param length number of bytes
     * @param type file system
     */
    record Layer(String disk, long offset, long length, String type) {}

    /**
     * One disk with the whole file system.
     *
     * @param disk the disk
     * @param type its file system
     * @param directory where on it the root is, {@code /} for all of it
     */
    record SingleDisk(String disk, String type, String directory) implements GuestRoot {}

    /**
     * A shared host folder.
     *
     * @param tag the share's tag
     */
    record Shared(String tag) implements GuestRoot {}
}
