// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import java.util.Map;
import java.util.stream.Collectors;

/** Names of the pods that containers belong to. */
public final class PodNames {
    private final Map<String, String> byId;

    private PodNames(Map<String, String> byId) {
        this.byId = byId;
    }

    /**
     * @param runtime has the pods
     * @return their names
     */
    public static PodNames of(Runtime runtime) {
        return new PodNames(
                runtime.pods().list().stream().collect(Collectors.toMap(Pod::id, Pod::name)));
    }

    String of(Container container) {
        return byId.getOrDefault(container.pod(), "");
    }

    /** Whether a container is in the pod of that name or id. */
    boolean in(Container container, String pod) {
        return !pod.isEmpty() && (of(container).equals(pod) || container.pod().startsWith(pod));
    }
}
