// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

/** Where a machine's memory comes from. */
enum Memory {
    /** QEMU's own, which nobody else can map. */
    OWN,

    /** Other processes (virtiofs daemons) can map it. */
    SHARED,

    /** As {@link #SHARED}, of a machine that is to be saved and whose devices only stand in. */
    TEMPLATE,

    /** A copy-on-write view of a template's, which QEMU gets as its standard input. */
    CLONE
}
