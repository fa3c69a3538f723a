// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Driver;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Starts virtual machines and finds those again that it started before. */
@ConsumerType
public interface Hypervisor extends Driver {
    /**
     * What this driver can do here. The runtime never asks for what is not listed; whoever does
     * gets {@link io.hypercontainer.api.Unsupported}.
     *
     * @return the same set for the life of the driver
     */
    Set<Capability> capabilities();

    /**
     * How well virtual machines that boot the given kernel would be separated from the host. The
     * first call may boot a probe guest (some seconds); the answer is kept for this host boot.
     *
     * @param boot kernel and initrd of the guests
     * @return the accelerator and the isolation that it gives
     * @throws io.hypercontainer.api.Unavailable if no accelerator works
     */
    Acceleration acceleration(Boot boot);

    /**
     * How large the host is, for a hypervisor below the daemon's own kernel, which then sees only
     * what it was given itself. No machine can be larger. Answers within a second.
     *
     * @return the size, empty if it is what the daemon's kernel sees, or not known
     */
    default Optional<HostSize> hostSize() {
        return Optional.empty();
    }

    /**
     * Starts a virtual machine and returns as soon as its {@link VmRecord#agent() agent address}
     * can be connected to; the guest may still be booting. If it fails nothing is left behind.
     *
     * @param spec what to start; the folder {@link VmSpec#directory()} exists and is empty
     * @return the running machine
     * @throws io.hypercontainer.api.InvalidSpec if the host cannot give what is asked for
     * @throws io.hypercontainer.api.Unavailable if the host lacks something for it now
     * @throws io.hypercontainer.api.DriverFailure if it ended at once; the message has the last
     *     lines that hypervisor and console wrote
     */
    VirtualMachine launch(VmSpec spec);

    /**
     * Takes a machine over that this driver, an earlier version of it or an earlier daemon started.
     * If the daemon ended before it had the machine's record, all it knows is the machine's id and
     * folder: it then asks with empty {@link VmRecord#details() details}, to kill what it gets.
     *
     * @param record what {@link VirtualMachine#record()} said
     * @return the machine, or empty if it no longer lives (then the driver has removed what it left
     *     on the host, except the folder, which is the runtime's)
     */
    Optional<VirtualMachine> adopt(VmRecord record);

    /**
     * What a template must have in common with a machine that is to be cloned from it, besides this
     * host: whatever the driver lays down when a machine starts and cannot change in a clone (its
     * own version, kernel and initrd, sizes, number and kind of devices, accelerator). Needs {@link
     * Capability#TEMPLATE}.
     *
     * @param spec a machine; its id, its folder, the names and addresses of its devices and what is
     *     behind them make no difference
     * @return any text; machines of the same text can be cloned from one template
     */
    default String templateKey(VmSpec spec) {
        throw new Unsupported(name(), Capability.TEMPLATE);
    }

    /**
     * Starts a machine that is to be {@linkplain VirtualMachine#saveTemplate saved}. Number, order
     * and kind of its devices are those of the clones, and there is nothing behind them: the files
     * of the disks are not opened, the interfaces reach nobody. Needs {@link Capability#TEMPLATE}.
     *
     * @param spec as for {@link #launch}; disks and back ends are somebody else's
     * @return the running machine
     */
    default VirtualMachine launchTemplate(VmSpec spec) {
        throw new Unsupported(name(), Capability.TEMPLATE);
    }

    /**
     * Starts a machine from a saved template instead of booting it. Its guest goes on where the
     * template was saved: interfaces still have the hardware addresses that they had in the
     * template, clock and random numbers are those of the template until the guest agent has been
     * told others. Disks are the clone's from the first instruction on. Needs {@link
     * Capability#TEMPLATE}.
     *
     * @param template folder that {@link VirtualMachine#saveTemplate(Path)} filled
     * @param spec as for {@link #launch}, with the template's {@link #templateKey key}
     * @return the running machine
     * @throws io.hypercontainer.api.DriverFailure if the template is damaged or of another key;
     *     then it is no use trying again
     */
    default VirtualMachine clone(Path template, VmSpec spec) {
        throw new Unsupported(name(), Capability.TEMPLATE);
    }

    /**
     * Makes a clone that was started ahead the machine that a spec asks for: it takes over id and
     * folder, other disks come in the places of its own, and its interfaces forward other ports.
     * Hardware addresses stay as they are for the guest, as after {@link #clone}. Needs {@link
     * Capability#SPARE}.
     *
     * @param spare a clone whose guest uses none of its disks now; it must not be used afterwards
     * @param spec as for {@link #launch}, with the ids of the spare's disks and interfaces, its
     *     sizes and its template's {@link #templateKey key}. Its folder is empty
     * @return the running machine
     * @throws io.hypercontainer.api.HyperException if that is not possible; the spare has ended
     *     then, and nothing is left of it
     */
    default VirtualMachine assign(VirtualMachine spare, VmSpec spec) {
        throw new Unsupported(name(), Capability.SPARE);
    }

    /**
     * Gets a template ready, so that its first clone is as fast as those after it. Takes some
     * tenths of a second, and memory until {@link #forgetTemplate}.
     *
     * @param template the folder
     * @throws io.hypercontainer.api.DriverFailure if the template is damaged
     */
    default void prepareTemplate(Path template) {}

    /**
     * Lets go of what is kept of a template to clone it faster. The runtime calls it before it
     * deletes the folder; clones live on. Does nothing if nothing is kept.
     *
     * @param template the folder
     */
    default void forgetTemplate(Path template) {}
}
