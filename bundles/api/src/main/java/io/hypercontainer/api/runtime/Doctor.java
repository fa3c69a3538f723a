// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Finds what is wrong, or left over without an owner, and removes what nobody owns. */
@ProviderType
public interface Doctor {
    /** {@return what is wrong now; changes nothing} */
    List<Finding> examine();

    /**
     * Removes what nobody owns.
     *
     * @return what was removed
     */
    List<Finding> collect();
}
