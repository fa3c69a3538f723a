// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import io.hypercontainer.api.Unsupported;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver's hold on one virtual machine. Dropping it (the driver is updated, the daemon ends) does
 * not touch the machine. Methods that need a capability which the hypervisor does not list throw
 * {@link Unsupported}; that is what the defaults do. After the machine has ended, all methods but
 * {@link #record}, {@link #state}, {@link #waitForExit} and {@link #kill} throw {@link
 * io.hypercontainer.api.Conflict}.
 */
@ConsumerType
public interface VirtualMachine {
    /**
     * {@return what is needed to adopt the machine later; changes when devices are added or
     * removed}
     */
    VmRecord record();

    /** {@return its state now} */
    VmState state();

    /**
     * Waits for the end of the machine, which the driver notices within a second.
     *
     * @param timeout how long to wait at most
     * @return how it ended, or empty if it still lives
     */
    Optional<VmExit> waitForExit(Duration timeout);

    /**
     * Ends the machine at once and releases all that it holds on the host. Returns when it is gone;
     * does nothing if it is gone already.
     */
    void kill();

    /**
     * What the guest's kernel and agent last wrote to the console.
     *
     * @param lines how many lines at most, up to 1000
     * @return the last lines, oldest first, control characters removed
     */
    List<String> consoleTail(int lines);

    /** {@return what the machine costs the host now} */
    VmStats stats();

    /** Stops all virtual CPUs ({@link Capability#PAUSE}); does nothing if they are stopped. */
    default void pause() {
        throw new Unsupported(record().hypervisor(), Capability.PAUSE);
    }

    /** Lets the virtual CPUs go on ({@link Capability#PAUSE}). */
    default void resume() {
        throw new Unsupported(record().hypervisor(), Capability.PAUSE);
    }

    /**
     * Plugs a disk in ({@link Capability#HOTPLUG_DISK}).
     *
     * @param disk its id must be new in this machine
     */
    default void addDisk(Disk disk) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_DISK);
    }

    /**
     * Unplugs a disk; returns when the guest has let go of it ({@link Capability#HOTPLUG_DISK}).
     *
     * @param id the disk's id
     */
    default void removeDisk(String id) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_DISK);
    }

    /**
     * Plugs a network interface in ({@link Capability#HOTPLUG_NIC}).
     *
     * @param nic its id must be new in this machine
     */
    default void addNic(Nic nic) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_NIC);
    }

    /**
     * Unplugs a network interface ({@link Capability#HOTPLUG_NIC}).
     *
     * @param id the interface's id
     */
    default void removeNic(String id) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_NIC);
    }

    /**
     * Changes which host ports a {@link NicBackend.UserMode} interface forwards ({@link
     * Capability#USER_NETWORK}).
     *
     * @param id the interface's id
     * @param forwards the ports it shall forward from now on
     */
    default void setForwards(String id, List<Forward> forwards) {
        throw new Unsupported(record().hypervisor(), Capability.USER_NETWORK);
    }

    /**
     * Shares more of the host ({@link Capability#HOTPLUG_SHARE}).
     *
     * @param share its tag must be new in this machine
     */
    default void addShare(Share share) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_SHARE);
    }

    /**
     * Takes a share back ({@link Capability#HOTPLUG_SHARE}); returns when nothing on the host
     * serves it any more.
     *
     * @param tag the share's tag
     */
    default void removeShare(String tag) {
        throw new Unsupported(record().hypervisor(), Capability.HOTPLUG_SHARE);
    }

    /**
     * Changes the memory of the running guest ({@link Capability#RESIZE_MEMORY}); returns when it
     * has as much. If it fails, the guest keeps what it had.
     *
     * @param bytes the new size, a multiple of 1 MiB
     * @throws io.hypercontainer.api.Conflict if there is no room for so much, or the guest uses
     *     more and does not let go of it
     */
    default void setMemory(long bytes) {
        throw new Unsupported(record().hypervisor(), Capability.RESIZE_MEMORY);
    }

    /**
     * Changes the number of virtual CPUs of the running guest ({@link Capability#RESIZE_CPUS}).
     *
     * @param cpus the new number
     * @throws io.hypercontainer.api.Conflict if there is no room for so many, or they can only be
     *     taken from a machine that does not run; nothing has changed then
     */
    default void setCpus(int cpus) {
        throw new Unsupported(record().hypervisor(), Capability.RESIZE_CPUS);
    }

    /**
     * Saves the paused machine as a template for {@link Hypervisor#clone} and ends it ({@link
     * Capability#TEMPLATE}).
     *
     * @param directory an empty folder, preferably in memory, that receives the state
     */
    default void saveTemplate(Path directory) {
        throw new Unsupported(record().hypervisor(), Capability.TEMPLATE);
    }
}
