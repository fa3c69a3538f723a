// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.runtime.health.HealthMonitor;
import io.hypercontainer.runtime.plug.Plugs;
import java.time.Duration;
import java.util.Optional;

/** Halts pods' machines and lets them go on. That a machine is halted, its driver tells. */
final class Pauser {
    private final Plugs plugs;
    private final Reunion reunion;
    private final HealthMonitor health;
    private final Happenings happenings;
    private final Duration patience;

    /**
     * @param patience how long a machine that is being recovered is waited for
     */
    Pauser(
            Plugs plugs,
            Reunion reunion,
            HealthMonitor health,
            Happenings happenings,
            Duration patience) {
        this.plugs = plugs;
        this.reunion = reunion;
        this.health = health;
        this.happenings = happenings;
        this.patience = patience;
    }

    void pause(ManagedPod pod) {
        PodRun run = running(pod);
        // A guest that boots or is being set up is not stopped half-way.
        if (!run.isPaused()) {
            run.await(patience);
        }
        try (Held _ = pod.lock()) {
            if (!run.isPaused()) {
                pod.containers().forEach(c -> health.pause(c.id()));
                machine(pod, run).pause();
                run.pauses(true);
                tell(pod, "pause");
            }
        }
    }

    void unpause(ManagedPod pod) {
        PodRun run = running(pod);
        try (Held _ = pod.lock()) {
            if (!run.isPaused()) {
                throw new Conflict("pod " + pod.record().shortId() + " is not paused");
            }
            resume(pod, run);
        }
    }

    /** Lets a pod go on if it is halted. */
    void goOn(ManagedPod pod) {
        try (Held _ = pod.lock()) {
            pod.run().filter(PodRun::isPaused).ifPresent(run -> resume(pod, run));
        }
    }

    private void resume(ManagedPod pod, PodRun run) {
        machine(pod, run).resume();
        run.pauses(false);
        run.agent().ifPresent(reunion::refresh);
        pod.containers().forEach(c -> health.resume(c.id()));
        tell(pod, "unpause");
    }

    private void tell(ManagedPod pod, String action) {
        happenings.pod(pod.record(), action);
        pod.containers().stream()
                .filter(ManagedContainer::isRunning)
                .forEach(c -> happenings.container(c.record(), action));
    }

    private PodRun running(ManagedPod pod) {
        Optional<PodRun> run = pod.awaitRun(patience).filter(r -> !r.isOver());
        return run.orElseThrow(
                () -> new Conflict("pod " + pod.record().shortId() + " is not running"));
    }

    private VirtualMachine machine(ManagedPod pod, PodRun run) {
        return run.machine()
                .with(
                        plugs.hypervisors()
                                .await(run.machine().hypervisor(), run.machine()::isHeldBy))
                .orElseThrow(() ->
                        new Conflict(
                                "the machine of pod " + pod.record().shortId() + " has ended"));
    }
}
