// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.runtime.plug.Plugs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Boots a guest, and saves it when its agent waits for the first request. */
final class TemplateBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateBuilder.class);

    private final Plugs plugs;
    private final TemplateStore store;
    private final Supplier<Duration> patience;
    private final Clock clock;
    // One at a time: it must not take the processors from what somebody waits for.
    private final ReentrantLock building = new ReentrantLock();

    /**
     * @param patience how long a guest may take to boot
     */
    TemplateBuilder(Plugs plugs, TemplateStore store, Supplier<Duration> patience, Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Makes a template unless there is one.
     *
     * @param spec a machine that could have been cloned from it
     * @throws Unavailable if the disk has no room for it
     */
    void build(TemplateId id, Hypervisor hypervisor, VmSpec spec) {
        try {
            building.lockInterruptibly();
        } catch (InterruptedException e) {
            throw new io.hypercontainer.api.Interrupted("build template " + id, e);
        }
        try {
            if (store.find(id).isEmpty()) {
                if (!store.hasRoom(spec.memoryBytes())) {
                    throw new Unavailable(
                            "template "
                                    + id
                                    + " is not made: the daemon's disk has less than 1 GiB left"
                                    + " beside the machine's memory; make room");
                }
                make(id, hypervisor, spec);
            }
        } catch (IOException e) {
            throw new DriverFailure("template " + id + " cannot be written: " + e, e);
        } finally {
            building.unlock();
        }
    }

    private void make(TemplateId id, Hypervisor hypervisor, VmSpec spec) throws IOException {
        TemplateRecord record =
                new TemplateRecord(
                        TemplateRecord.SCHEMA,
                        plugs.hypervisors().reference(hypervisor),
                        spec.cpus(),
                        spec.memoryBytes(),
                        spec.disks().size(),
                        spec.nics().size(),
                        clock.instant());
        TemplateStore.Draft draft = store.begin(id, record);
        try {
            VirtualMachine machine = hypervisor.launchTemplate(standIn(id, draft, spec));
            save(machine, draft);
            store.complete(id);
            LOG.debug("template {} of {} is ready", id, record.hypervisor());
        } catch (IOException | HyperException e) {
            store.abandon(id);
            throw e;
        }
    }

    private void save(VirtualMachine machine, TemplateStore.Draft draft) {
        try {
            GuestAgentConnector connector = plugs.agents().await();
            try (GuestAgent agent = connector.connect(machine.record().agent(), patience.get())) {
                agent.prepare();
            }
            machine.saveTemplate(draft.state());
        } catch (HyperException e) {
            machine.kill();
            throw e;
        }
    }

    private static VmSpec standIn(TemplateId id, TemplateStore.Draft draft, VmSpec spec) {
        return new VmSpec(
                id.machine(),
                draft.machine(),
                spec.cpus(),
                spec.memoryBytes(),
                spec.boot(),
                spec.disks(),
                StandInMacs.in(spec),
                List.of(),
                spec.spare(),
                spec.requireHardware());
    }

    /** Ends what an earlier daemon was about to save. */
    void clear(TemplateId id, String driver) throws InterruptedException {
        Hypervisor hypervisor = plugs.hypervisors().awaitForever(driver);
        TemplateStore.Draft draft = store.draft(id);
        VmRecord unknown =
                new VmRecord(
                        id.machine(),
                        hypervisor.name(),
                        draft.machine(),
                        new ChannelAddress.UnixSocket(draft.machine()),
                        draft.machine(),
                        new Acceleration("unknown", Isolation.PROCESS, "the launch was cut off"),
                        Map.of());
        hypervisor.adopt(unknown).ifPresent(VirtualMachine::kill);
        try {
            store.abandon(id);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + draft.folder() + ": " + e, e);
        }
    }
}
