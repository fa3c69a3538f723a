// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.util.Locale;

/** How well a guest is kept from its host. */
public enum Isolation {
    /** The processor separates guest and host (VT-x, SVM). */
    HARDWARE,
    /** The hypervisor separates them without processor support, as Xen does for PV guests. */
    PARAVIRTUAL,
    /**
     * The guest's instructions are translated by an ordinary process. Only that process' sandbox
     * stands between guest and host; QEMU's authors promise no isolation here (qemu
     * docs/system/security.rst).
     */
    EMULATION,
    /** The guest is itself a process of the host, as with User-Mode Linux. */
    PROCESS;

    /** {@return the form that users see, {@code hardware}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
