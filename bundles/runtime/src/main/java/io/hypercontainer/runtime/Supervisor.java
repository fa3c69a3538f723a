// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves running containers: moves output, waits for ends, and keeps the connections to guest and
 * machine across lost channels and changing drivers.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Plugs plugs;
    private final Ending ending;
    private final Threads threads;

    Supervisor(Plugs plugs, Ending ending, Threads threads) {
        this.plugs = plugs;
        this.ending = ending;
        this.threads = threads;
    }

    void supervise(ManagedContainer container, Run run) {
        String id = container.record().shortId();
        serve(id, run.init(), status -> ending.processEnded(container, run, status));
        threads.start("vm-" + id, () -> watchMachine(container, run));
        threads.start("agent-" + id, () -> keepConnection(container, run));
    }

    /** Moves the output of a process and waits for its end. */
    void serve(String container, ProcessSession session, Consumer<ExitStatus> onEnd) {
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

    private void watchMachine(ManagedContainer container, Run run) {
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
                    watch(container, run, driver);
                } catch (Interrupted e) {
                    // The driver is gone, the run is over or the daemon stops: look again.
                    Thread.interrupted();
                } catch (HyperException e) {
                    LOG.warn(
                            "hypervisor {} cannot watch the machine of container {}: {}",
                            driver.name(),
                            container.record().shortId(),
                            e.getMessage());
                    awaitChange(driver);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(ManagedContainer container, Run run, Hypervisor driver) {
        Optional<VirtualMachine> machine = run.machine().with(driver);
        if (machine.isEmpty()) {
            ending.machineLost(container, run, "the virtual machine ended while nobody watched");
            return;
        }
        run.watch(
                        () -> plugs.hypervisors().slot().has(driver),
                        () -> machine.get().waitForExit(LONG))
                .ifPresent(exit -> ending.machineLost(container, run, exit.reason()));
    }

    private void awaitChange(Hypervisor driver) throws InterruptedException {
        plugs.hypervisors()
                .slot()
                .awaitForever(all ->
                        all.stream().anyMatch(p -> p.service().equals(driver))
                                ? Optional.empty()
                                : Optional.of(driver));
    }

    private void keepConnection(ManagedContainer container, Run run) {
        try {
            while (!run.isOver() && !threads.isClosed()) {
                String why = run.agent().map(GuestAgent::waitUntilLost).orElse("it is closed");
                if (run.isOver() || threads.isClosed()) {
                    return;
                }
                LOG.info(
                        "container {} lost the connection to its guest: {}",
                        container.record().shortId(),
                        why);
                run.disconnect();
                reconnect(container, run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Interrupted e) {
            LOG.trace("stopping", e);
        }
    }

    /** Tries as long as the machine lives: only its user stops a container. */
    private void reconnect(ManagedContainer container, Run run) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!run.isOver() && !threads.isClosed()) {
            try {
                GuestAgent agent =
                        plugs.agents().await().reconnect(run.machine().record().agent(), ANSWER);
                if (!resume(container, run, agent)) {
                    agent.close();
                    ending.machineLost(container, run, "the guest forgot the container");
                }
                return;
            } catch (Interrupted e) {
                throw e;
            } catch (HyperException e) {
                LOG.debug("container {}: {}", container.record().shortId(), e.getMessage());
                run.awaitOver(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            }
        }
    }

    private static boolean resume(ManagedContainer container, Run run, GuestAgent agent) {
        try {
            if (!run.init().resume(agent, container.id())) {
                return false;
            }
            for (ProcessSession exec : run.execs().values()) {
                exec.resume(agent, container.id());
            }
            run.connected(agent);
            return true;
        } catch (HyperException e) {
            agent.close();
            throw e;
        }
    }
}
