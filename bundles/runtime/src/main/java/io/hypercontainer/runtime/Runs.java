// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Phase;
import java.time.Duration;
import java.util.Optional;

/** Finds the runs of containers of which users want something. */
final class Runs {
    private final Duration patience;

    /**
     * @param patience how long a container that is being recovered is waited for
     */
    Runs(Duration patience) {
        this.patience = patience;
    }

    /** A start that is under way is waited for, as if the call had come a moment later. */
    void awaitTransition(ManagedContainer container) {
        if (!container.isRunning()) {
            container.lock().close();
        }
    }

    /**
     * @throws Conflict if the container does not run, or is paused
     */
    Run of(ManagedContainer container) {
        awaitTransition(container);
        Optional<Run> run = container.awaitRun(patience);
        ContainerRecord record = container.record();
        if (run.isPresent()) {
            if (run.get().pod().isPaused()) {
                throw new Conflict(
                        "container " + record.shortId() + " is paused: unpause it first");
            }
            return run.get();
        }
        if (container.isRunning()) {
            throw new Unavailable(
                    "container "
                            + record.shortId()
                            + " runs, but the daemon could not take it over yet (its hypervisor"
                            + " driver is '"
                            + container.pod().record().machine().hypervisor()
                            + "'): see 'info'");
        }
        throw notRunning(container);
    }

    /** {@return what is told to those who need a running container} */
    Conflict notRunning(ManagedContainer container) {
        String id = container.record().shortId();
        return container.record().phase() instanceof Phase.Restarting
                ? new Conflict("container " + id + " is restarting: wait until it runs, or stop it")
                : new Conflict("container " + id + " is not running");
    }

    /** {@return the guest of a running container} */
    GuestAgent agent(ManagedContainer container) {
        return of(container).pod().await(patience);
    }
}
