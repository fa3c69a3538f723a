// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.driver;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Tells what it has on the host, so that the runtime can compare that with its records and find
 * what is leaked.
 */
@ConsumerType
public interface Inventory {
    /**
     * Lists what is on the host, whoever made it: also what an earlier daemon or driver left, and
     * what has lost its record. Work that goes on meanwhile is listed as its owner's or not at all.
     * Changes nothing, and takes well below a second.
     *
     * @return what is there; nothing unless this is overridden
     */
    default List<Holding> census() {
        return List.of();
    }

    /**
     * Removes something that {@link #census} listed and that has no owner. It is looked at once
     * more: what is gone, or in use by now, is left alone, and so is what is {@link Holding.Wrong}.
     * All that its owner had may go with it.
     *
     * @param holding what to remove
     * @throws io.hypercontainer.api.DriverFailure if it cannot be removed
     */
    default void dispose(Holding holding) {}
}
