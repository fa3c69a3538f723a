// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.storage.Volume;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Named and anonymous volumes of this daemon. */
@ProviderType
public interface Volumes {
    /** {@return all volumes, by name} */
    List<Volume> list();

    /**
     * Makes an empty volume.
     *
     * @param name its name
     * @return the volume
     */
    Volume create(String name);

    /**
     * Deletes a volume.
     *
     * @param name its name
     * @throws io.hypercontainer.api.NotFound if there is none
     * @throws io.hypercontainer.api.Conflict if a container uses it
     */
    void remove(String name);
}
