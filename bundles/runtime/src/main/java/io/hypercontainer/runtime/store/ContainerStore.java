// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.nio.file.Path;
import java.time.Clock;

/** Containers on disk: {@code <root>/containers/<id>/container.json}, their logs beside it. */
public final class ContainerStore extends RecordStore<ContainerRecord> {
    /**
     * @param root the daemon's state folder
     * @param clock dates damaged files
     */
    public ContainerStore(Path root, Clock clock) {
        super("container", ContainerRecord.class, ContainerRecord.SCHEMA, root, clock);
    }
}
