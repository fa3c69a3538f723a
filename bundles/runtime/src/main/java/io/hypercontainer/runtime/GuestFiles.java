// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.runtime.ContainerFiles;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** The files of a container that a guest has. */
final class GuestFiles implements ContainerFiles {
    private final ManagedContainer container;
    private final PodRun run;
    private final GuestAgent agent;
    private final Comparer comparer;
    private final Held held;

    /**
     * @param run the machine that it is in
     * @param comparer compares them with those of the image
     * @param held given back at the end
     */
    GuestFiles(
            ManagedContainer container,
            PodRun run,
            GuestAgent agent,
            Comparer comparer,
            Held held) {
        this.container = container;
        this.run = run;
        this.agent = agent;
        this.comparer = comparer;
        this.held = held;
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    @Override
    public PathStat stat(String path) {
        return agent.stat(container.id(), absolute(path));
    }

    @Override
    public void readArchive(String path, OutputStream sink) {
        agent.readArchive(container.id(), absolute(path), sink);
    }

    @Override
    public void writeArchive(String path, InputStream archive, boolean owners) {
        agent.writeArchive(container.id(), absolute(path), archive, owners);
    }

    @Override
    public List<Change> changes() {
        return comparer.changes(container, run, agent);
    }

    @Override
    public void readChanges(boolean halted, OutputStream sink) {
        comparer.readChanges(container, run, agent, halted, sink);
    }

    @Override
    public void readRoot(OutputStream sink) {
        agent.readRoot(container.id(), sink);
    }

    @Override
    public void close() {
        held.close();
    }
}
