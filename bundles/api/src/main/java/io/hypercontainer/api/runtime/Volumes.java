// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.storage.VolumeSpec;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Named and anonymous volumes of this daemon. If several storage drivers have one of a name, the
 * one of the driver that is used where nobody asks for another is meant.
 */
@ProviderType
public interface Volumes {
    /** {@return all volumes, by name} */
    List<VolumeInfo> list();

    /**
     * Looks a volume up.
     *
     * @param name its name
     * @return all about it
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    VolumeInfo get(String name);

    /**
     * Makes an empty volume. If there is one of that name already, nothing is made.
     *
     * @param spec what is wanted; an empty name asks for an anonymous volume
     * @param driver the storage driver to keep it; empty for the one that is used where nobody asks
     *     for another
     * @return the volume
     * @throws io.hypercontainer.api.Conflict if the one of that name has other labels or another
     *     size than wanted
     */
    VolumeInfo create(VolumeSpec spec, Optional<String> driver);

    /**
     * Deletes a volume.
     *
     * @param name its name
     * @throws io.hypercontainer.api.NotFound if there is none
     * @throws io.hypercontainer.api.Conflict if a container uses it; the message names all that do
     */
    void remove(String name);
}
