// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.tck.kit.Kit;
import org.junit.jupiter.api.Assumptions;

/** What a check cannot be made without. */
final class Needs {
    private Needs() {}

    /** The check is not applicable to a driver that does not list the capability. */
    static void capability(Kit kit, Capability capability) {
        Assumptions.assumeTrue(
                kit.hypervisor().capabilities().contains(capability),
                () -> "the driver does not list " + capability);
    }
}
