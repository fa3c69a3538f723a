// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.driver;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A pluggable part of the runtime. Implemented by driver authors, published as an OSGi service
 * under the sub-interface it implements, found by name. Any number of threads call at once.
 *
 * <p>A driver may be stopped, updated or removed at any time while what it made goes on working. It
 * therefore keeps no state that it cannot read back from the records that it handed out, from its
 * own folder or from the host, and it never ends a virtual machine, network or file system because
 * it is being stopped.
 */
@ConsumerType
public interface Driver extends Inventory {
    /**
     * The name users choose it by.
     *
     * @return lower case, {@code [a-z][a-z0-9-]*}, the same for the life of the driver
     */
    String name();

    /**
     * Looks whether the driver can work on this host, now. Answers within a second and changes
     * nothing.
     *
     * @return the answer with its reasons
     */
    Probe probe();
}
