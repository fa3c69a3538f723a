// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Someone who needs images, such as the runtime for its containers. Published as an OSGi service;
 * the image store asks all of them before it deletes an image.
 */
@ProviderType
public interface ImageUser {
    /**
     * Asks for uses of an image.
     *
     * @param imageId an image's id
     * @return who needs it, for the user: {@code container 0123456789ab (running)}
     */
    List<Use> usesOf(String imageId);

    /**
     * A use of an image.
     *
     * @param what for the user
     * @param active whether it is in use right now, so that no force may remove it
     */
    record Use(String what, boolean active) {}
}
