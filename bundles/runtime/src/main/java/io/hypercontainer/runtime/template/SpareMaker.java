// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.runtime.plug.Plugs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clones a machine ahead and has it rehearse; ends what is not needed. */
final class SpareMaker {
    private static final Logger LOG = LoggerFactory.getLogger(SpareMaker.class);

    private final Plugs plugs;
    private final SpareStore store;
    private final Rehearsal rehearsal;
    private final Supplier<Duration> patience;

    /**
     * @param patience how long a guest may take to answer
     */
    SpareMaker(Plugs plugs, SpareStore store, Rehearsal rehearsal, Supplier<Duration> patience) {
        this.plugs = plugs;
        this.store = store;
        this.rehearsal = rehearsal;
        this.patience = patience;
    }

    /** {@return whether spares can be made at all} */
    boolean isPossible() {
        return rehearsal.isPossible();
    }

    SpareStore.Place place(Hypervisor hypervisor) throws IOException {
        return store.begin(plugs.hypervisors().reference(hypervisor));
    }

    /**
     * @param place a new one; deleted if this fails
     * @param like a machine that the spare can become
     */
    Spare make(
            SpareStore.Place place,
            SpareKind kind,
            Hypervisor hypervisor,
            Path template,
            VmSpec like)
            throws IOException {
        VmSpec spec = rehearsal.spare(place, kind, like);
        VirtualMachine machine = hypervisor.clone(template, spec);
        Spare spare = new Spare(kind, hypervisor, machine, place);
        try (GuestAgent agent =
                plugs.agents().await().connect(machine.record().agent(), patience.get())) {
            rehearsal.run(agent, spec);
            return spare;
        } catch (RuntimeException e) {
            end(spare);
            throw e;
        }
    }

    /** Also for a thread that has been interrupted: nothing may stay. */
    void end(Spare spare) {
        boolean interrupted = Thread.interrupted();
        try {
            spare.machine().kill();
            delete(spare.place());
        } catch (HyperException e) {
            LOG.warn("spare {} does not end: {}", spare.place().machine(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void delete(SpareStore.Place place) {
        try {
            store.delete(place);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + place.folder() + ": " + e, e);
        }
    }

    /** Ends a spare of an earlier daemon. */
    void clear(SpareStore.Place place) throws InterruptedException {
        try {
            String driver = store.driver(place);
            if (!driver.isEmpty()) {
                Hypervisor hypervisor = plugs.hypervisors().awaitForever(driver);
                hypervisor.adopt(unknown(hypervisor, place)).ifPresent(VirtualMachine::kill);
            }
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + place.folder() + ": " + e, e);
        }
        delete(place);
    }

    private static VmRecord unknown(Hypervisor hypervisor, SpareStore.Place place) {
        return new VmRecord(
                place.machine(),
                hypervisor.name(),
                place.directory(),
                new ChannelAddress.UnixSocket(place.directory()),
                place.directory(),
                new Acceleration("unknown", Isolation.PROCESS, "left by an earlier daemon"),
                Map.of());
    }
}
