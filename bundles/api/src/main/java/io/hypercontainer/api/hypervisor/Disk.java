// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.util.List;

/**
 * A disk of a machine. Its content is that of its extents, one behind the other.
 *
 * @param id how the guest finds it: {@code [a-z0-9-]}, at most 20 characters (the length of a
 *     virtio-blk serial number); unique in the machine
 * @param extents at least one; several, or a part of a file, need {@link Capability#JOINED_DISK}.
 *     The driver never changes owner or mode of the files of a read-only disk; others are the
 *     machine's alone
 * @param readOnly whether the guest may only read it
 */
public record Disk(String id, List<Extent> extents, boolean readOnly) {
    /** Keeps an unmodifiable copy. */
    public Disk {
        extents = List.copyOf(extents);
    }

    /** {@return its size in bytes} */
    public long length() {
        return extents.stream().mapToLong(Extent::length).sum();
    }
}
