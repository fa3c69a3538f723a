// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks drivers what machines cost the host; whoever is away or ends meanwhile is left out. */
final class MachineCosts {
    private static final Logger LOG = LoggerFactory.getLogger(MachineCosts.class);

    private final Plugs plugs;
    private final Index<ManagedPod> pods;

    MachineCosts(Plugs plugs, Index<ManagedPod> pods) {
        this.plugs = plugs;
        this.pods = pods;
    }

    Optional<VmStats> of(ManagedPod pod) {
        try {
            return pod.run().filter(run -> !run.isOver()).flatMap(run -> of(run.machine()));
        } catch (Interrupted e) {
            throw e;
        } catch (HyperException e) {
            LOG.debug("costs of pod {}", pod.record().shortId(), e);
            return Optional.empty();
        }
    }

    private Optional<VmStats> of(Machine machine) {
        return plugs.hypervisors()
                .serving(machine.hypervisor())
                .map(Plugged::service)
                .flatMap(machine::with)
                .map(VirtualMachine::stats);
    }

    long memoryBytes() {
        return pods.all().stream()
                .flatMap(pod -> of(pod).stream())
                .mapToLong(VmStats::memoryBytes)
                .sum();
    }
}
