// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves running pods and containers: moves output, waits for ends, and keeps the connections to
 * guests and machines across lost channels and changing drivers.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Plugs plugs;
    private final Ending ending;
    private final Reunion reunion;
    private final Threads threads;

    Supervisor(Plugs plugs, Ending ending, Reunion reunion, Threads threads) {
        this.plugs = plugs;
        this.ending = ending;
        this.reunion = reunion;
        this.threads = threads;
    }

    /** Watches a pod's machine; does nothing if it is watched. */
    void supervise(ManagedPod pod, PodRun run) {
        if (run.claimSupervision()) {
            String id = pod.record().shortId();
            threads.start("vm-" + id, () -> watchMachine(pod, run));
            threads.start("agent-" + id, () -> keepConnection(pod, run));
        }
    }

    void supervise(ManagedContainer container, Run run) {
        serve(
                container.record().shortId(),
                run.init(),
                status -> ending.processEnded(container, run, status));
    }

    /** Moves the output of a process and waits for its end. */
    private void serve(String container, ProcessSession session, Consumer<ExitStatus> onEnd) {
        String name = container + "-" + session.id();
        threads.start("out-" + name, session::pumpOutput);
        threads.start("err-" + name, session::pumpErrors);
        threads.start("end-" + name, () -> session.watch(onEnd));
    }

    /** An exec'd process: acknowledged at its end, so that the guest can forget it. */
    void serveExec(ManagedContainer container, Run run, ProcessSession session) {
        serve(
                container.record().shortId(),
                session,
                status -> {
                    run.execs().remove(session.id());
                    try {
                        session.process().ifPresent(p -> p.acknowledge());
                    } catch (HyperException e) {
                        LOG.debug("{} was not acknowledged: {}", session.id(), e.getMessage());
                    }
                });
    }

    private void watchMachine(ManagedPod pod, PodRun run) {
        try {
            while (!run.isOver() && !threads.isClosed()) {
                Hypervisor driver =
                        plugs.hypervisors()
                                .awaitForever(run.machine().hypervisor(), run.machine()::isHeldBy);
                if (run.isOver()) {
                    // While the driver was away: whoever dealt with that has the machine.
                    return;
                }
                try {
                    watch(pod, run, driver);
                } catch (Interrupted e) {
                    // The driver is gone, the run is over or the daemon stops: look again.
                    Thread.interrupted();
                } catch (HyperException e) {
                    LOG.warn(
                            "hypervisor {} cannot watch the machine of pod {}: {}",
                            driver.name(),
                            pod.record().shortId(),
                            e.getMessage());
                    awaitChange(driver);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(ManagedPod pod, PodRun run, Hypervisor driver) {
        Optional<VirtualMachine> machine = run.machine().with(driver);
        if (machine.isEmpty()) {
            ending.machineLost(pod, run, "the virtual machine ended while nobody watched");
            return;
        }
        run.watch(
                        () -> plugs.hypervisors().slot().has(driver),
                        () -> machine.get().waitForExit(LONG))
                .ifPresent(exit -> ending.machineLost(pod, run, exit.reason()));
    }

    private void awaitChange(Hypervisor driver) throws InterruptedException {
        plugs.hypervisors()
                .slot()
                .awaitForever(all ->
                        all.stream().anyMatch(p -> p.service().equals(driver))
                                ? Optional.empty()
                                : Optional.of(driver));
    }

    private void keepConnection(ManagedPod pod, PodRun run) {
        try {
            while (!run.isOver() && !threads.isClosed()) {
                Optional<GuestAgent> agent = run.agent();
                if (agent.isPresent()) {
                    String why = agent.get().waitUntilLost();
                    if (run.isOver() || threads.isClosed()) {
                        return;
                    }
                    LOG.info(
                            "pod {} lost the connection to its guest: {}",
                            pod.record().shortId(),
                            why);
                    run.disconnect();
                }
                run.awaitUnpaused();
                reconnect(pod, run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Interrupted e) {
            LOG.trace("stopping", e);
        }
    }

    /** Tries as long as the machine lives: only its user stops a container. */
    private void reconnect(ManagedPod pod, PodRun run) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!run.isOver() && !run.isPaused() && !threads.isClosed()) {
            try {
                GuestAgent agent =
                        plugs.agents().await().reconnect(run.machine().record().agent(), ANSWER);
                resume(pod, run, agent);
                return;
            } catch (Interrupted e) {
                throw e;
            } catch (HyperException e) {
                LOG.debug("pod {}: {}", pod.record().shortId(), e.getMessage());
                run.awaitOver(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            }
        }
    }

    private void resume(ManagedPod pod, PodRun run, GuestAgent agent) {
        try {
            reunion.refresh(agent);
            for (ManagedContainer container : pod.containers()) {
                container
                        .run()
                        .filter(r -> r.pod().equals(run))
                        .ifPresent(r -> resume(container, r, agent));
            }
            reunion.forgetStrangers(pod, run, agent);
            if (!run.connected(agent)) {
                agent.close();
            }
        } catch (HyperException e) {
            agent.close();
            throw e;
        }
    }

    private void resume(ManagedContainer container, Run run, GuestAgent agent) {
        if (!run.init().resume(agent, container.id())) {
            // Not on this thread, which keeps the connection that the end needs.
            threads.start(
                    "lost-" + container.record().shortId(),
                    () ->
                            ending.processLost(
                                    container,
                                    run,
                                    "its guest does not know its process any more"));
            return;
        }
        reunion.limit(container, agent);
        for (ProcessSession exec : run.execs().values()) {
            exec.resume(agent, container.id());
        }
        for (ProcessSession exec : reunion.unknownExecs(container, run, agent)) {
            run.execs().put(exec.id(), exec);
            serveExec(container, run, exec);
            if (exec.id().startsWith(Executor.CHECK)) {
                // Whoever would have killed it when its time is over is gone.
                exec.process().ifPresent(p -> p.signal(Signals.KILL));
            }
        }
    }
}
