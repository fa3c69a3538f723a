// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops all that runs because the daemon ends. That is no user's wish: what restart policies want
 * is done by the next daemon.
 */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final Index<ManagedPod> pods;
    private final ContainerEnder ender;
    private final Machines machines;
    private final Restarter restarter;
    private final Threads threads;

    Shutdown(
            Index<ManagedPod> pods,
            ContainerEnder ender,
            Machines machines,
            Restarter restarter,
            Threads threads) {
        this.pods = pods;
        this.ender = ender;
        this.machines = machines;
        this.restarter = restarter;
        this.threads = threads;
    }

    /** Stops all pods at the same time; one that cannot be stopped runs on. */
    void stopAll() {
        restarter.leaveToNextDaemon();
        List<Future<Boolean>> stops = new ArrayList<>();
        for (ManagedPod pod : pods.all()) {
            stops.add(start(pod.record().shortId(), () -> stop(pod)));
        }
        stops.forEach(Shutdown::await);
    }

    private void stop(ManagedPod pod) {
        List<Future<Boolean>> stops = new ArrayList<>();
        for (ManagedContainer container : pod.containers()) {
            stops.add(start(container.record().shortId(), () -> ender.stopWithDaemon(container)));
        }
        stops.forEach(Shutdown::await);
        if (!pod.record().single()) {
            machines.stop(pod);
        }
    }

    private Future<Boolean> start(String what, Runnable stop) {
        return threads.submit(
                "shutdown-" + what,
                () -> {
                    try {
                        stop.run();
                        return true;
                    } catch (HyperException e) {
                        LOG.warn("{} was not stopped: {}", what, e.getMessage());
                        return false;
                    }
                });
    }

    private static void await(Future<Boolean> stop) {
        try {
            stop.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
