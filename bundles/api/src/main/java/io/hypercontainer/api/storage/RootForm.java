// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

/** The form in which a root file system reaches a guest. */
public enum RootForm {
    /** Read-only images of the layers, and a writable disk; the guest stacks them. */
    BLOCK_LAYERS,
    /** One block device with the whole file system. */
    SINGLE_DISK,
    /** A folder of the host, shared with the guest. */
    SHARED_DIRECTORY
}
