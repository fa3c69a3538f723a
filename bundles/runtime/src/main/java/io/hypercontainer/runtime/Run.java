// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One start of a container: its machine, the connection to its guest, and its processes. */
final class Run {
    private final Machine machine;
    private final ProcessSession init;
    private final Map<String, ProcessSession> execs = new ConcurrentHashMap<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable GuestAgent agent;
    private final Object watch = new Object();
    private @Nullable Thread watcher; // guarded by watch

    Run(Machine machine, GuestAgent agent, ProcessSession init) {
        this.machine = machine;
        this.agent = agent;
        this.init = init;
    }

    Machine machine() {
        return machine;
    }

    ProcessSession init() {
        return init;
    }

    /** {@return further processes, by their ids} */
    Map<String, ProcessSession> execs() {
        return execs;
    }

    /** {@return the connection to its guest; empty while it is lost} */
    Optional<GuestAgent> agent() {
        return Optional.ofNullable(agent);
    }

    void connected(GuestAgent next) {
        agent = next;
    }

    void disconnect() {
        GuestAgent connected = agent;
        agent = null;
        if (connected != null) {
            connected.close();
        }
    }

    /**
     * Waits for something that {@link #interruptWatcher} may cut short.
     *
     * @param worthIt asked when the wait can be cut short already
     * @return what was waited for; empty if it was cut short, is over, or is not worth it
     */
    <T> Optional<T> watch(BooleanSupplier worthIt, Supplier<Optional<T>> wait) {
        synchronized (watch) {
            watcher = Thread.currentThread();
        }
        try {
            return isOver() || !worthIt.getAsBoolean() ? Optional.empty() : wait.get();
        } finally {
            synchronized (watch) {
                watcher = null;
            }
        }
    }

    /** Makes the thread that waits for the end of the machine look again. */
    void interruptWatcher() {
        synchronized (watch) {
            if (watcher != null) {
                watcher.interrupt();
            }
        }
    }

    /** {@return true for the first caller: the one who has to deal with the end} */
    boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        over.countDown();
        return true;
    }

    boolean isOver() {
        return ended.get();
    }

    /** {@return whether it is over within the time} */
    boolean awaitOver(Duration time) throws InterruptedException {
        return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
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
