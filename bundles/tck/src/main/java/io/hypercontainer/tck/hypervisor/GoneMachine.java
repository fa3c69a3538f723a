// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A machine that is known to have ended, and that no driver holds any more. */
record GoneMachine(VmRecord record) implements VirtualMachine {
    @Override
    public VmState state() {
        return VmState.ENDED;
    }

    @Override
    public Optional<VmExit> waitForExit(Duration timeout) {
        return Optional.empty();
    }

    @Override
    public void kill() {
        // It is gone.
    }

    @Override
    public List<String> consoleTail(int lines) {
        throw new Conflict("it has ended");
    }

    @Override
    public VmStats stats() {
        throw new Conflict("it has ended");
    }
}
