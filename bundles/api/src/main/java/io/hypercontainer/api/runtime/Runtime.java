// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import org.osgi.annotation.versioning.ProviderType;

/** Entrance to the runtime, published as an OSGi service. */
@ProviderType
public interface Runtime {
    /** {@return containers} */
    Containers containers();

    /** {@return pods} */
    Pods pods();

    /** {@return what happens} */
    Events events();

    /** {@return finder of what is wrong} */
    Doctor doctor();

    /** {@return volumes} */
    Volumes volumes();

    /** {@return drivers} */
    Drivers drivers();

    /**
     * Looks at the daemon, its drivers and its host. Asks each hypervisor how it executes guests,
     * which may boot a probe guest the first time.
     *
     * @return what is there
     */
    SystemInfo info();
}
