// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.api.image.Image;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Containers of this daemon. A container is named by its id, by an unambiguous beginning of its id,
 * or by its name. What a method has done when it returns is on disk.
 */
@ProviderType
public interface Containers {
    /**
     * Makes a container from an image that is on this host. Nothing of it runs yet.
     *
     * @param spec what is wanted
     * @return the container
     * @throws io.hypercontainer.api.NotFound if the image or the network does not exist
     * @throws io.hypercontainer.api.Unavailable if a driver is missing
     * @throws io.hypercontainer.api.Conflict if the name is taken
     * @throws io.hypercontainer.api.InvalidSpec if a value is out of range
     */
    Container create(ContainerSpec spec);

    /**
     * Boots the container's virtual machine and starts its process. Does nothing if it runs.
     *
     * @param name the container
     * @throws CannotExecute if the image has no such program; the container then has ended with the
     *     exit code that the exception gives
     */
    void start(String name) throws CannotExecute;

    /**
     * As {@link #start}, with the caller connected to the process before it says its first byte.
     *
     * @param name the container
     * @param size size of its terminal, if it has one
     * @return the connection
     * @throws CannotExecute as {@link #start}
     */
    Attachment startAttached(String name, Optional<TerminalSize> size) throws CannotExecute;

    /**
     * Connects to a running container's process. What it prints from now on goes to all who are
     * connected; one who does not read stops it.
     *
     * @param name the container
     * @return the connection
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    Attachment attach(String name);

    /**
     * Starts a further process in a running container.
     *
     * @param name the container
     * @param spec what to run
     * @return the connection to it
     * @throws CannotExecute if the container has no such program
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    Attachment exec(String name, ExecSpec spec) throws CannotExecute;

    /**
     * Asks the process to end with the container's stop signal, and kills it when the grace time is
     * over. Returns when it has ended; does nothing if it does not run.
     *
     * @param name the container
     * @param grace how long it may take; empty for the container's own
     */
    void stop(String name, Optional<Duration> grace);

    /**
     * Stops the container as {@link #stop} does, if it runs, and starts it again. One that is to be
     * removed at its end is not.
     *
     * @param name the container
     * @param grace how long its end may take; empty for the container's own
     * @throws CannotExecute as {@link #start}
     */
    void restart(String name, Optional<Duration> grace) throws CannotExecute;

    /**
     * Sends a signal to the container's process. After {@code KILL} it returns when the process has
     * ended.
     *
     * @param name the container
     * @param signal name with or without {@code SIG}, or number
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    void kill(String name, String signal);

    /**
     * Deletes a container with all that it wrote, except named volumes.
     *
     * @param name the container
     * @param force kill it first if it runs
     * @param volumes delete its anonymous volumes too
     * @throws io.hypercontainer.api.Conflict if it runs and {@code force} is not given
     */
    void remove(String name, boolean force, boolean volumes);

    /**
     * Waits until a container does not run (at once if it does not).
     *
     * @param name the container
     * @return how its process ended
     */
    ExitStatus waitFor(String name);

    /**
     * Reads what a container has printed.
     *
     * @param name the container
     * @param options which part
     * @param sink called line by line on the calling thread; with {@link LogOptions#follow} until
     *     the container ends or the thread is interrupted
     */
    void logs(String name, LogOptions options, Consumer<LogLine> sink);

    /** {@return all containers, newest first} */
    List<Container> list();

    /**
     * Looks a container up.
     *
     * @param name the container
     * @return all about it
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    Container get(String name);

    /**
     * Asks the guest what a container uses.
     *
     * @param name a running container
     * @return what it uses, as its guest counts it
     */
    GuestStats stats(String name);

    /**
     * What the virtual machine of a container costs the host, for all containers in it together.
     *
     * @param name a container
     * @return what it costs now; empty if it does not run or its driver is away
     */
    Optional<VmStats> hostCosts(String name);

    /**
     * Halts a container with its pod. Does nothing if it is halted.
     *
     * @param name a container that has a pod of its own
     * @throws io.hypercontainer.api.Conflict if it does not run or shares its pod: pause the pod
     */
    void pause(String name);

    /**
     * Lets a halted container go on.
     *
     * @param name a container that has a pod of its own
     * @throws io.hypercontainer.api.Conflict if it is not paused
     */
    void unpause(String name);

    /**
     * Changes the name.
     *
     * @param name the container
     * @param to its new name
     * @throws io.hypercontainer.api.Conflict if that is taken
     */
    void rename(String name, String to);

    /**
     * Changes limits and restart policy, of a running container at once. Memory and CPUs of a
     * container with a pod of its own are those of its machine.
     *
     * @param name the container
     * @param update what shall change
     * @return the container
     */
    Container update(String name, ContainerUpdate update);

    /**
     * Asks the guest for the processes of a container.
     *
     * @param name a running container
     * @return its processes, by their numbers
     */
    List<ProcessInfo> processes(String name);

    /**
     * Reaches for the files of a container. One that does not run gets its machine booted for that,
     * without a network and without its process, until the files are closed; meanwhile it cannot be
     * started, changed or removed: who wants to waits.
     *
     * @param name the container
     * @return its files; to be closed by the calling thread
     * @throws io.hypercontainer.api.Conflict if it is paused, or one of its volumes is in use by
     *     another pod
     */
    ContainerFiles files(String name);

    /**
     * Makes an image of a container: its own image, what it has changed, and how it is run. Volumes
     * are no part of that.
     *
     * @param name the container
     * @param spec what the image is called and what else is changed in it
     * @return the image
     * @throws io.hypercontainer.api.NotFound if the container's image was removed
     * @throws io.hypercontainer.api.InvalidSpec if the specification is not valid; nothing is made
     */
    Image commit(String name, CommitSpec spec);

    /**
     * Reads the root file system of a container, without what is mounted in it, see {@link #files}.
     *
     * @param name the container
     * @param sink gets a tar archive; names in it begin at the root
     */
    void export(String name, OutputStream sink);

    /**
     * Compares a container with its image, see {@link #files}.
     *
     * @param name the container
     * @return what it has changed, by path
     */
    default List<Change> changes(String name) {
        try (ContainerFiles files = files(name)) {
            return files.changes();
        }
    }

    /**
     * Looks at a file of a container, see {@link #files}.
     *
     * @param name the container
     * @param path as for {@link ContainerFiles#stat}
     * @return the file
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    default PathStat stat(String name, String path) {
        try (ContainerFiles files = files(name)) {
            return files.stat(path);
        }
    }

    /**
     * Reads a file or folder of a container, see {@link #files}.
     *
     * @param name the container
     * @param path as for {@link ContainerFiles#readArchive}
     * @param sink gets a tar archive with the file or folder under its own name
     */
    default void readArchive(String name, String path, OutputStream sink) {
        try (ContainerFiles files = files(name)) {
            files.readArchive(path, sink);
        }
    }

    /**
     * Unpacks an archive in a container, see {@link #files}.
     *
     * @param name the container
     * @param path an existing folder in the container, from its root
     * @param archive a tar archive
     * @param owners whether the archive's owners are taken over; else all belongs to root
     */
    default void writeArchive(String name, String path, InputStream archive, boolean owners) {
        try (ContainerFiles files = files(name)) {
            files.writeArchive(path, archive, owners);
        }
    }
}
