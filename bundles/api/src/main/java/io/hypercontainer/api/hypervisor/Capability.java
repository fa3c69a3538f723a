// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.util.Locale;

/** An ability that a hypervisor may or may not have. */
public enum Capability {
    /** Virtual CPUs can be stopped and started. */
    PAUSE,
    /** Disks can be added to and removed from a running machine. */
    HOTPLUG_DISK,
    /** Network interfaces can be added to and removed from a running machine. */
    HOTPLUG_NIC,
    /** Host folders can be shared with the guest (virtiofs). */
    SHARE,
    /** Single files of the host can be shared with the guest, and nothing beside them. */
    SHARE_FILE,
    /** What can be shared, can be shared with a machine that runs already, and taken back. */
    HOTPLUG_SHARE,
    /** Memory of a running machine can be changed, below what it began with and above. */
    RESIZE_MEMORY,
    /** A running machine can get more CPUs; not every one can get fewer. */
    RESIZE_CPUS,
    /** A disk can be made of several extents and of parts of files, see {@link Disk}. */
    JOINED_DISK,
    /** Interfaces can use {@link NicBackend.UserMode}. */
    USER_NETWORK,
    /** Interfaces can use {@link NicBackend.Tap}. */
    TAP,
    /** A machine can be saved as a template and cloned. */
    TEMPLATE,
    /** A clone can be made ahead, and be given to a pod later. */
    SPARE;

    /** {@return the form that users see and type, {@code hotplug-disk}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
