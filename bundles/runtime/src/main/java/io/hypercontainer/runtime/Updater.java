// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.spec.LimitRules;
import io.hypercontainer.runtime.spec.MachineSize;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.Supervision;
import java.time.Duration;
import java.util.Optional;

/** Changes what containers may use, whether they run or not. */
final class Updater {
    private final ContainerStore store;
    private final PodChanger pods;
    private final Happenings happenings;
    private final Duration patience;

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Updater(ContainerStore store, PodChanger pods, Happenings happenings, Duration patience) {
        this.store = store;
        this.pods = pods;
        this.happenings = happenings;
        this.patience = patience;
    }

    ManagedContainer update(ManagedContainer container, ContainerUpdate update) {
        try (Held _ = container.lock()) {
            ContainerRecord before = container.record();
            if (before.phase() instanceof Phase.Removing) {
                throw new Conflict("container " + before.shortId() + " is being removed");
            }
            Supervision supervision = supervision(before, update);
            Limits wanted = limits(container, update);
            boolean limited = !wanted.equals(before.options().limits()) || isSized(update);
            // Asked before anything changes.
            Optional<GuestAgent> guest =
                    limited && container.isRunning()
                            ? Optional.of(guest(container))
                            : Optional.empty();
            ContainerRecord after =
                    before.treated(before.options().limited(wanted)).supervised(supervision);
            store.save(after);
            container.changed(after);
            try {
                guest.ifPresent(agent -> agent.setLimits(container.id(), effective(container)));
            } catch (HyperException e) {
                store.save(before);
                container.changed(before);
                throw e;
            }
            happenings.container(after, "update");
            return container;
        }
    }

    private static Supervision supervision(ContainerRecord before, ContainerUpdate update) {
        if (before.options().autoRemove()
                && update.restart().filter(p -> p.kind() != RestartPolicy.Kind.NO).isPresent()) {
            throw new Conflict(
                    "container "
                            + before.shortId()
                            + " is removed when it ends: it cannot get a restart policy");
        }
        return update.restart().map(before.supervision()::with).orElse(before.supervision());
    }

    private static boolean isSized(ContainerUpdate update) {
        return update.memoryBytes().isPresent() || update.cpus().isPresent();
    }

    private GuestAgent guest(ManagedContainer container) {
        Run run =
                container
                        .awaitRun(patience)
                        .orElseThrow(() ->
                                new Conflict(
                                        "container "
                                                + container.record().shortId()
                                                + " was not found again yet: see 'info'"));
        if (run.pod().isPaused()) {
            throw new Conflict(
                    "container " + container.record().shortId() + " is paused: unpause it first");
        }
        return run.pod().await(patience);
    }

    /** {@return what the guest makes of a container's limits} */
    static GuestContainer.Limits effective(ManagedContainer container) {
        return ContainerPlan.limits(
                container.record(), container.pod().record().machine().size().milliCpus());
    }

    private Limits limits(ManagedContainer container, ContainerUpdate update) {
        Limits before = container.record().options().limits();
        Limits wanted =
                new Limits(
                        update.memoryBytes().orElse(before.memoryBytes()),
                        update.cpus().orElse(before.cpus()),
                        update.pids().orElse(before.pids()));
        if (container.pod().record().single() && isSized(update)) {
            wanted = resize(container.pod(), update, wanted);
        }
        return LimitRules.within(wanted, container.pod().record().machine().size());
    }

    /**
     * A machine that cannot be resized while it runs gives less of what it has, but not more.
     *
     * @return limits within the machine as it then is
     */
    private Limits resize(ManagedPod pod, ContainerUpdate update, Limits wanted) {
        try {
            pods.resize(pod, update.memoryBytes(), update.cpus());
            return ofMachine(update.memoryBytes(), update.cpus(), wanted);
        } catch (Unsupported e) {
            if (wanted.memoryBytes() > size(pod).memoryBytes()
                    || wanted.cpus() > size(pod).cpus()) {
                throw new InvalidSpec(
                        e.getMessage()
                                + "; while the container runs it can get less than its machine has,"
                                + " but not more: stop it first",
                        e);
            }
            return wanted;
        } catch (Conflict e) {
            // CPUs that a machine does not give back can be left idle. Memory that a guest does
            // not give back is in use.
            if (update.cpus().isEmpty() || wanted.cpus() > size(pod).cpus()) {
                throw e;
            }
            if (update.memoryBytes().isPresent()) {
                pods.resize(pod, update.memoryBytes(), Optional.empty());
            }
            return ofMachine(update.memoryBytes(), Optional.empty(), wanted);
        }
    }

    private static MachineSize size(ManagedPod pod) {
        return pod.record().machine().size();
    }

    /** What the machine was resized to needs no limit within it. */
    private static Limits ofMachine(
            Optional<Long> memoryBytes, Optional<Double> cpus, Limits wanted) {
        return new Limits(
                memoryBytes.isPresent() ? 0 : wanted.memoryBytes(),
                cpus.isPresent() ? 0 : wanted.cpus(),
                wanted.pids());
    }
}
