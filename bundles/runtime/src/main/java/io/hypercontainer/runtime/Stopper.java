// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Signals;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes processes of running containers end. */
final class Stopper {
    /** How long a guest may take to deal with KILL before its machine is ended. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

    private final Plugs plugs;
    private final Duration patience;

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Stopper(Plugs plugs, Duration patience) {
        this.plugs = plugs;
        this.patience = patience;
    }

    void signal(ManagedContainer container, Run run, String signal) {
        int number = Signals.number(signal);
        if (run.isOver()) {
            throw new Conflict("container " + container.record().shortId() + " is not running");
        }
        if (number == Signals.KILL) {
            kill(container, run);
        } else {
            send(run, number);
        }
    }

    void stop(ManagedContainer container, Run run, String signal, Duration grace) {
        send(run, Signals.number(signal));
        if (!awaitEnd(container, run, grace)) {
            kill(container, run);
        }
    }

    /** Kills the process, and if the guest does not help, the machine. */
    void kill(ManagedContainer container, Run run) {
        run.init().process().ifPresent(p -> p.signal(Signals.KILL));
        if (awaitEnd(
                container, run, run.pod().agent().isPresent() ? KILL_PATIENCE : Duration.ZERO)) {
            return;
        }
        if (!container.pod().record().single()) {
            throw new DeadlineExceeded(
                    "container "
                            + container.record().shortId()
                            + " does not end and its guest does not help: stop its pod");
        }
        // The thread that watches the machine then ends the container.
        Machine machine = run.pod().machine();
        machine.with(plugs.hypervisors().await(machine.hypervisor(), machine::isHeldBy))
                .ifPresent(VirtualMachine::kill);
        if (!awaitEnd(container, run, KILL_PATIENCE)) {
            throw new DeadlineExceeded(
                    "container "
                            + container.record().shortId()
                            + " does not end although its machine was killed: see the daemon's log");
        }
    }

    private void send(Run run, int signal) {
        run.pod().await(patience);
        run.init()
                .process()
                .orElseThrow(() ->
                        new Unavailable(
                                "the connection to the guest is lost: try again, or see 'doctor'"))
                .signal(signal);
    }

    /** Waits for the end of this run: another one may follow at once. */
    private static boolean awaitEnd(ManagedContainer container, Run run, Duration time) {
        try {
            run.init().end().get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw new Interrupted("stopping container " + container.record().shortId(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
