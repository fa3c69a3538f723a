// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A container's root file system as its driver delivers it. */
public sealed interface Root {
    /**
     * {@link RootForm#BLOCK_LAYERS}.
     *
     * @param layers read-only images, lowest first; several containers use the same files
     * @param writable an empty or used file system for the changes; empty if read-only
     */
    record BlockLayers(List<FileSystem> layers, Optional<FileSystem> writable) implements Root {
        /** Keeps an unmodifiable copy. */
        public BlockLayers {
            layers = List.copyOf(layers);
        }
    }

    /**
     * {@link RootForm#SINGLE_DISK}.
     *
     * @param disk the file system
     * @param directory where in it the root is, {@code /} for all of it
     */
    record SingleDisk(FileSystem disk, String directory) implements Root {}

    /**
     * {@link RootForm#SHARED_DIRECTORY}.
     *
     * @param directory the folder
     */
    record SharedDirectory(Path directory) implements Root {}

    /**
     * A file system in a file or block device.
     *
     * @param file absolute path
     * @param length its length in bytes, a multiple of 4096
     * @param type its type in the guest's kernel, {@code erofs} or {@code ext4}
     */
    record FileSystem(Path file, long length, String type) {}
}
