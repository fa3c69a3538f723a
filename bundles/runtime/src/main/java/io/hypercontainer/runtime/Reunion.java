// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets right what host and guest know of each other when their connection is there again. */
final class Reunion {
    private static final Logger LOG = LoggerFactory.getLogger(Reunion.class);
    private static final int ENTROPY = 64;

    private final ContainerStore store;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Reunion(ContainerStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The guest may have been halted for long. */
    void refresh(GuestAgent agent) {
        byte[] entropy = new byte[ENTROPY];
        random.nextBytes(entropy);
        try {
            agent.refresh(clock.instant(), entropy);
        } catch (Unsupported e) {
            LOG.debug("{}", e.getMessage());
        }
    }

    /** A daemon may have ended between writing limits down and telling the guest. */
    void limit(ManagedContainer container, GuestAgent agent) {
        try {
            agent.setLimits(container.id(), Updater.effective(container));
        } catch (Unsupported e) {
            LOG.debug("{}", e.getMessage());
        }
    }

    /** Destroys containers whose end was recorded, or whose start was not, by an earlier daemon. */
    void forgetStrangers(ManagedPod pod, PodRun run, GuestAgent agent) {
        for (GuestContainerState state : agent.containers()) {
            if (!run.users().contains(state.id()) && !mayRun(pod, state.id())) {
                agent.destroyContainer(state.id());
            }
        }
    }

    /** A container whose record is damaged runs until somebody has given the record up. */
    private boolean mayRun(ManagedPod pod, String id) {
        return pod.containers().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .map(ManagedContainer::isRunning)
                .orElseGet(() -> Files.exists(store.folder(id)));
    }

    /**
     * Finds processes again whose starters are gone with an earlier daemon; they still have to be
     * acknowledged.
     */
    List<ProcessSession> unknownExecs(ManagedContainer container, Run run, GuestAgent agent) {
        List<ProcessSession> found = new ArrayList<>();
        try {
            agent.containers().stream()
                    .filter(state -> state.id().equals(container.id()))
                    .flatMap(state -> state.processes().stream())
                    .filter(process -> !process.equals(GuestProcess.INIT))
                    .filter(process -> !run.execs().containsKey(process))
                    .forEach(process -> {
                        ProcessSession session =
                                new ProcessSession(
                                        new ProcessSession.Kind(process, false, false, 0, 0),
                                        ProcessSession.Output.NONE);
                        if (session.resume(agent, container.id())) {
                            found.add(session);
                        }
                    });
        } catch (HyperException e) {
            LOG.warn(
                    "further processes of container {} were not taken over: {}",
                    container.record().shortId(),
                    e.getMessage());
        }
        return found;
    }
}
