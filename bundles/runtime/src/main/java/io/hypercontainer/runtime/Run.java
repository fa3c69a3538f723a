// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One start of a container: its machine, the connection to its guest, and its processes. */
final class Run {
    private final Machine machine;
    private final ProcessSession init;
    private final Map<String, ProcessSession> execs = new ConcurrentHashMap<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable GuestAgent agent;
    private volatile @Nullable Thread watcher;

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

    /**
     * @throws Unavailable if the connection is lost and has not been made again yet
     */
    GuestAgent agent() {
        GuestAgent connected = agent;
        if (connected == null) {
            throw new Unavailable("the connection to the guest is lost: try again");
        }
        return connected;
    }

    void connected(GuestAgent next) {
        agent = next;
    }

    void lost() {
        agent = null;
    }

    void disconnect() {
        GuestAgent connected = agent;
        agent = null;
        if (connected != null) {
            connected.close();
        }
    }

    /** Notes the thread that waits for the end of the machine. */
    void watchedBy(Thread thread) {
        watcher = thread;
    }

    /** Makes the thread that waits for the end of the machine look again at the driver. */
    void interruptWatcher() {
        Thread thread = watcher;
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
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

    /** Ends what serves the processes; those that had not ended were killed with the container. */
    void closeSessions(ExitStatus status, String why) {
        ExitStatus killed = new ExitStatus(0, 9, status.outOfMemory(), status.at());
        execs.values().forEach(e -> e.close(killed, why));
        init.close(status, why);
    }

    void abandonSessions() {
        execs.values().forEach(ProcessSession::abandon);
        init.abandon();
    }
}
