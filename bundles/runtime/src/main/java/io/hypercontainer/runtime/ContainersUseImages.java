// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.image.ImageUser;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Keeps images from being removed while containers need them. */
@Component(service = ImageUser.class)
public final class ContainersUseImages implements ImageUser {
    private final Runtime runtime;

    /**
     * Makes it.
     *
     * @param runtime knows the containers
     */
    @Activate
    public ContainersUseImages(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public List<Use> usesOf(String imageId) {
        return runtime.containers().list().stream()
                .filter(c -> c.imageId().equals(imageId))
                .map(c ->
                        new Use(
                                "container "
                                        + c.id().substring(0, 12)
                                        + " ("
                                        + c.state().word()
                                        + ")",
                                !(c.state() instanceof ContainerState.Created)
                                        && !(c.state() instanceof ContainerState.Exited)))
                .toList();
    }
}
