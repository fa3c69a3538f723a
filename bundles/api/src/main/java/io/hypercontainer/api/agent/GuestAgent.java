// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.network.Service;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The connected agent of one guest. Methods block until the guest has answered, at most for the
 * time that the implementation allows a guest (30 seconds unless said otherwise), then throw {@link
 * io.hypercontainer.api.DeadlineExceeded}; when the connection is lost they throw {@link
 * io.hypercontainer.api.Unavailable}. What an agent lacks throws {@link Unsupported}; that is what
 * the defaults do. Closing it leaves the guest and its processes as they are.
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
     * Makes a container as {@link #createContainer} does, but lets its root be written until its
     * first process starts even if it may only be read from then on: so files can be put into it.
     *
     * @param container what to make
     */
    default void createUnsealed(GuestContainer container) {
        if (container.readOnly()) {
            throw new Unsupported("the guest agent", "putting files into a read-only root");
        }
        createContainer(container);
    }

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
     * Sets the guest's clock and mixes bytes into its random number generator, after a time in
     * which it was halted.
     *
     * @param now the host's clock
     * @param entropy 32 to 512 bytes
     */
    default void refresh(Instant now, byte[] entropy) {
        throw new Unsupported("the guest agent", "setting clock and entropy");
    }

    /**
     * Replaces the guest's services. Their backends are looked for through the interfaces that the
     * guest has then.
     *
     * @param services all services from now on
     * @throws Unsupported if the guest's kernel cannot
     */
    default void serve(List<Service> services) {
        throw new Unsupported("the guest agent", "services");
    }

    /**
     * Changes a container's share of the machine while it runs.
     *
     * @param container the container's id
     * @param limits all limits from now on
     */
    default void setLimits(String container, GuestContainer.Limits limits) {
        throw new Unsupported("the guest agent", "changing limits");
    }

    /**
     * Lists a container's processes.
     *
     * @param container the container's id
     * @return its processes, by their numbers; at most 4096
     */
    default List<ProcessInfo> processes(String container) {
        throw new Unsupported("the guest agent", "listing processes");
    }

    /**
     * Compares a container's root file system with its image, as long as it takes. What is mounted
     * in it, and what was made to be mounted on, is no part of it.
     *
     * @param container the container's id
     * @return what it has changed, by path; at most a million entries
     * @throws io.hypercontainer.api.Unsupported if its root file system is not made of layers
     */
    default List<Change> changes(String container) {
        throw new Unsupported("the guest agent", "listing changes");
    }

    /**
     * The same for a root file system of any form, which does not tell itself what was changed.
     *
     * @param container the container's id
     * @param image disk with what the root file system was at first, plugged in for this and only
     *     read; free when this returns
     * @return what it has changed, by path; at most a million entries
     */
    default List<Change> changes(String container, GuestRoot.SingleDisk image) {
        throw new Unsupported("the guest agent", "comparing with an image");
    }

    /**
     * Reads what a container has changed against its image, as long as it takes, as a layer of the
     * OCI image specification (image-spec layer.md) that makes the container's files of the
     * image's. Sockets are left out.
     *
     * @param container the container's id
     * @param image as for {@link #changes(String, GuestRoot.SingleDisk)}; empty for a root file
     *     system that is made of layers
     * @param halted whether the container's processes are halted meanwhile, so that their files fit
     *     together
     * @param sink gets a tar archive
     * @throws io.hypercontainer.api.Unsupported if an image is needed and not given
     * @throws java.io.UncheckedIOException if the sink fails, with its exception
     * @since 1.2
     */
    default void readChanges(
            String container,
            Optional<GuestRoot.SingleDisk> image,
            boolean halted,
            OutputStream sink) {
        throw new Unsupported("the guest agent", "reading changes");
    }

    /**
     * Reads a container's root file system, as long as it takes, without what is mounted in it.
     * Sockets are left out.
     *
     * @param container the container's id
     * @param sink gets a tar archive; names in it begin at the root
     * @throws java.io.UncheckedIOException if the sink fails, with its exception
     * @since 1.2
     */
    default void readRoot(String container, OutputStream sink) {
        throw new Unsupported("the guest agent", "reading a root file system");
    }

    /**
     * Looks at a file of a container. Paths are resolved inside of its root and its mounts; a link
     * at the path's end is not followed, unless a slash comes behind it. This and the next two need
     * no process in the container; what the kernel makes up (/dev, /proc, /sys) is not there.
     *
     * @param container the container's id
     * @param path absolute path in the container
     * @return the file
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    default PathStat stat(String container, String path) {
        throw new Unsupported("the guest agent", "looking at files");
    }

    /**
     * Reads a file or folder of a container, as long as it takes. Sockets are left out.
     *
     * @param container the container's id
     * @param path absolute path in the container; with {@code /.} at its end, the content of the
     *     folder
     * @param sink gets a tar archive with the file or folder under its own name
     * @throws io.hypercontainer.api.NotFound if there is none
     * @throws java.io.UncheckedIOException if the sink fails, with its exception
     */
    default void readArchive(String container, String path, OutputStream sink) {
        throw new Unsupported("the guest agent", "reading files");
    }

    /**
     * Unpacks an archive in a container, as long as it takes. Files and links that are there are
     * replaced, folders get the archive's owners and permissions. If it fails, part of it may have
     * been unpacked.
     *
     * @param container the container's id
     * @param path absolute path of an existing folder in the container
     * @param archive a tar archive
     * @param owners whether the archive's owners are taken over; else all belongs to root
     * @throws io.hypercontainer.api.NotFound if there is no such folder
     * @throws io.hypercontainer.api.Conflict if a folder would take the place of something else,
     *     something else that of a folder, or the place can only be read
     * @throws io.hypercontainer.api.InvalidSpec if it is no folder, or the archive is no good
     * @throws java.io.UncheckedIOException if the archive cannot be read, with its exception
     */
    default void writeArchive(String container, String path, InputStream archive, boolean owners) {
        throw new Unsupported("the guest agent", "writing files");
    }

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
