// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Runtime;
import java.util.Set;
import java.util.stream.Collectors;

/** Which volumes containers have mounted, running or not. */
public final class VolumesInUse {
    private VolumesInUse() {}

    /**
     * @param runtime has the containers
     * @return names of volumes
     */
    public static Set<String> names(Runtime runtime) {
        return runtime.containers().list().stream()
                .flatMap(container -> container.mounts().stream())
                .map(Container.Mount::name)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }
}
