// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.runtime.ContainerFiles;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;

/** The files of a container that a guest has. */
final class GuestFiles implements ContainerFiles {
    private final String container;
    private final GuestAgent agent;
    private final Supplier<List<Change>> changes;
    private final Held held;

    /**
     * @param changes compares them with those of the image
     * @param held given back at the end
     */
    GuestFiles(String container, GuestAgent agent, Supplier<List<Change>> changes, Held held) {
        this.container = container;
        this.agent = agent;
        this.changes = changes;
        this.held = held;
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    @Override
    public PathStat stat(String path) {
        return agent.stat(container, absolute(path));
    }

    @Override
    public void readArchive(String path, OutputStream sink) {
        agent.readArchive(container, absolute(path), sink);
    }

    @Override
    public void writeArchive(String path, InputStream archive, boolean owners) {
        agent.writeArchive(container, absolute(path), archive, owners);
    }

    @Override
    public List<Change> changes() {
        return changes.get();
    }

    @Override
    public void close() {
        held.close();
    }
}
