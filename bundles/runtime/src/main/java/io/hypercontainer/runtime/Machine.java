// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A virtual machine that outlives the drivers which hold it, one after the other. */
final class Machine {
    private final VmRecord record;
    private final String hypervisor;
    private @Nullable Hypervisor driver;
    private @Nullable VirtualMachine held;

    /**
     * @param record finds it again
     * @param hypervisor the driver that started it, with its version
     */
    Machine(VmRecord record, String hypervisor) {
        this.record = record;
        this.hypervisor = hypervisor;
    }

    Machine(Hypervisor driver, VirtualMachine launched, String hypervisor) {
        this(launched.record(), hypervisor);
        this.driver = driver;
        this.held = launched;
    }

    VmRecord record() {
        return record;
    }

    /** {@return the driver that started it, with its version} */
    String hypervisor() {
        return hypervisor;
    }

    /**
     * The machine in the hands of a driver, which adopts it if another held it before.
     *
     * @param now the driver that is there now
     * @return the machine, or empty if it no longer lives
     */
    synchronized Optional<VirtualMachine> with(Hypervisor now) {
        if (held == null || !now.equals(driver)) {
            held = now.adopt(record).orElse(null);
            driver = now;
        }
        return Optional.ofNullable(held);
    }

    synchronized boolean isHeldBy(Hypervisor other) {
        return other.equals(driver);
    }

    /**
     * Lets go of a driver that is gone, which can then be forgotten altogether.
     *
     * @return whether it held the machine
     */
    synchronized boolean release(Hypervisor gone) {
        if (!isHeldBy(gone)) {
            return false;
        }
        driver = null;
        held = null;
        return true;
    }
}
