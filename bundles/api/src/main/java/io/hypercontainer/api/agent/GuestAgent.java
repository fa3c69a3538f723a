// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The connected agent of one guest. Methods block until the guest has answered, at most for the
 * time that the implementation allows a guest (30 seconds unless said otherwise), then throw {@link
 * io.hypercontainer.api.DeadlineExceeded}; when the connection is lost they throw {@link
 * io.hypercontainer.api.Unavailable}. Closing it leaves the guest and its processes as they are.
 */
@ConsumerType
public interface GuestAgent extends AutoCloseable {
    /** {@return what the agent said of itself when it was connected} */
    GuestInfo info();

    /**
     * Does ahead what the first container of a guest needs whatever its image, for a machine that
     * is about to be saved as a template. Containers can be created without it.
     */
    default void prepare() {}

    /**
     * Prepares the guest as a whole. May be called again: what is given replaces what was given
     * before.
     *
     * @param setup host name, name service, clock, entropy
     */
    void setUp(GuestSetup setup);

    /**
     * Configures the network interface with the given hardware address and brings it up.
     *
     * @param network the interface
     */
    void configure(GuestNetwork network);

    /**
     * Mounts a container's root file system and its volumes and makes its control group. Runs
     * nothing yet. If it fails nothing is left in the guest.
     *
     * @param container what to make
     * @throws io.hypercontainer.api.Conflict if a container of that id exists
     */
    void createContainer(GuestContainer container);

    /**
     * Starts a process. The one with the id {@link GuestProcess#INIT} is the container's first and
     * owns its namespaces: all others end with it. Returns when the program runs.
     *
     * @param container the container's id
     * @param process what to run; its id must be new in the container
     * @return the running process, its streams at offset 0
     * @throws CannotExecute if the program is missing or cannot be executed
     */
    GuestProcess start(String container, ProcessSpec process) throws CannotExecute;

    /**
     * Finds a process that an earlier connection started. Output before the given offsets is not
     * delivered again, output after them is, without loss. Output that was dealt with is gone: an
     * offset in it means the first byte behind it.
     *
     * @param container the container's id
     * @param process the process' id
     * @param stdoutOffset how many bytes of its output (or terminal) have been dealt with
     * @param stderrOffset the same for its error output
     * @return the process, running or ended and not yet acknowledged; empty if unknown
     */
    Optional<GuestProcess> process(
            String container, String process, long stdoutOffset, long stderrOffset);

    /** {@return the containers that the guest has now} */
    List<GuestContainerState> containers();

    /**
     * Sends a signal to all processes of a container.
     *
     * @param container the container's id
     * @param signal its number in Linux on x86-64
     */
    void signalAll(String container, int signal);

    /**
     * Asks what a container uses.
     *
     * @param container the container's id
     * @return what it uses now
     */
    GuestStats stats(String container);

    /**
     * Kills what still runs in a container, unmounts it and forgets it; its disks are free when
     * this returns. Does nothing if the guest has no such container.
     *
     * @param container the container's id
     */
    void destroyContainer(String container);

    /**
     * Ends all processes (TERM, then KILL after the grace time), unmounts all file systems and
     * powers the guest off. Returns when the guest has agreed to; the machine's end is the
     * hypervisor's to tell.
     *
     * @param grace how long processes may take to end by themselves
     */
    void powerOff(Duration grace);

    /**
     * Waits until the connection is lost or closed.
     *
     * @return why, one line
     */
    String waitUntilLost();

    /** Closes the connection. */
    @Override
    void close();
}
