// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.TerminalSize;
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
     * Sends a signal to the container's process.
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
}
