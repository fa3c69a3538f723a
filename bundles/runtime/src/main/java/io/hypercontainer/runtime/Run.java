// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** One start of a container: its processes, and the machine that they are in. */
final class Run {
    private final PodRun pod;
    private final ProcessSession init;
    private final Map<String, ProcessSession> execs = new ConcurrentHashMap<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Optional<Health> health = Optional.empty();

    Run(PodRun pod, ProcessSession init) {
        this.pod = pod;
        this.init = init;
    }

    PodRun pod() {
        return pod;
    }

    ProcessSession init() {
        return init;
    }

    /** {@return further processes, by their ids} */
    Map<String, ProcessSession> execs() {
        return execs;
    }

    /** {@return what its checks say, if it is checked} */
    Optional<Health> health() {
        return health;
    }

    void is(Health now) {
        health = Optional.of(now);
    }

    /** {@return true for the first caller: the one who has to deal with the end} */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    boolean isOver() {
        return ended.get();
    }

    /** Ends what serves the processes. */
    void closeSessions(ExitStatus status, String why) {
        closeExecs(status.at());
        init.close(status, why);
    }

    /** Ends what serves further processes: they were killed with the container. */
    void closeExecs(Instant when) {
        ExitStatus killed = new ExitStatus(0, Signals.KILL, false, when);
        execs.values().forEach(e -> e.close(killed, "the container has ended"));
    }

    void abandonSessions() {
        execs.values().forEach(ProcessSession::abandon);
        init.abandon();
    }
}
