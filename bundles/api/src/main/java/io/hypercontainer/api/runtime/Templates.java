// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Templates of this daemon. They come by themselves, after the first boot of a machine of a kind,
 * and those that were of no use for longest go when there are too many.
 */
@ProviderType
public interface Templates {
    /** {@return all templates, those first that were of use last; before them those being made} */
    List<Template> list();

    /**
     * Makes the template that a container's machine would be cloned from. Returns when it is there,
     * at once if it was there already.
     *
     * @param container a container that does not run
     * @return the template's id
     * @throws io.hypercontainer.api.NotFound if there is no such container
     * @throws io.hypercontainer.api.Unsupported if the hypervisor has no templates
     * @throws io.hypercontainer.api.Conflict if it runs, or machines like its own are always
     *     booted: the message says why
     * @throws io.hypercontainer.api.DriverFailure if its guest does not boot or cannot be saved
     */
    String build(String container);

    /**
     * Deletes a template. Machines that were cloned from it live on.
     *
     * @param id its id, or enough of it
     * @throws io.hypercontainer.api.NotFound if there is none
     * @throws io.hypercontainer.api.Conflict if it is being made
     */
    void remove(String id);
}
