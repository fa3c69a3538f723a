// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.runtime.log.ContainerLog;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container in memory. Its lock is held for a whole start, end or removal; everybody else reads
 * immutable values.
 */
final class ManagedContainer implements Indexed {
    private final ReentrantLock transition = new ReentrantLock();
    private final ManagedPod pod;
    private final ContainerLog log;
    private volatile ContainerRecord record;
    private volatile CompletableFuture<ExitStatus> end;
    private volatile boolean kept;
    private volatile Duration lastWait = Duration.ZERO;
    private @Nullable Run run; // guarded by this

    ManagedContainer(ManagedPod pod, ContainerRecord record, ContainerLog log) {
        this.pod = pod;
        this.record = record;
        this.log = log;
        this.end =
                switch (record.phase()) {
                    case Phase.Running r -> new CompletableFuture<>();
                    case Phase.Restarting r -> new CompletableFuture<>();
                    case Phase.Exited e -> CompletableFuture.completedFuture(e.status());
                    default ->
                            CompletableFuture.completedFuture(
                                    new ExitStatus(0, 0, false, record.created()));
                };
    }

    @Override
    public String id() {
        return record.id();
    }

    @Override
    public String name() {
        return record.name();
    }

    @Override
    public boolean isVisible() {
        return !(record.phase() instanceof Phase.Creating);
    }

    /** {@return whether its file systems are there} */
    boolean isMade() {
        return !(record.phase() instanceof Phase.Creating)
                && !(record.phase() instanceof Phase.Removing);
    }

    /** {@return the pod that it is in} */
    ManagedPod pod() {
        return pod;
    }

    ContainerRecord record() {
        return record;
    }

    ContainerLog log() {
        return log;
    }

    /** Takes the lock; the result gives it back. */
    Held lock() {
        try {
            transition.lockInterruptibly();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for container " + record.shortId(), e);
        }
        return transition::unlock;
    }

    /** {@return whether its process runs, as far as the disk knows} */
    boolean isRunning() {
        return record.phase() instanceof Phase.Running;
    }

    /** {@return how it ended, completed when it does not run} */
    CompletableFuture<ExitStatus> end() {
        return end;
    }

    /** Its process runs. */
    synchronized void begins(ContainerRecord running, Run started) {
        if (end.isDone()) {
            end = new CompletableFuture<>();
        }
        record = running;
        run = started;
        notifyAll();
    }

    /** Its phase stays as it is. */
    synchronized void changed(ContainerRecord next) {
        record = next;
    }

    /** It is in another phase and does not run. */
    synchronized void becomes(ContainerRecord next) {
        record = next;
        run = null;
        notifyAll();
    }

    /** Its process has ended; those who wait for that are told. */
    void ends(ContainerRecord next, ExitStatus status) {
        becomes(next);
        if (!end.complete(status)) {
            // It had ended before, and did not come as far as to run this time.
            end = CompletableFuture.completedFuture(status);
        }
    }

    /** Its process has ended and will be started again; those who wait for the end are told. */
    void restarts(ContainerRecord next, ExitStatus status) {
        CompletableFuture<ExitStatus> ended = end;
        end = new CompletableFuture<>();
        becomes(next);
        ended.complete(status);
    }

    /** {@return whether it is not removed at its end, though it asks for it} */
    boolean isKept() {
        return kept;
    }

    /** It is not removed at its end until the result gives that up. */
    Held keep() {
        kept = true;
        return () -> kept = false;
    }

    /** {@return how long its last restart waited; zero for one that a user started} */
    Duration lastWait() {
        return lastWait;
    }

    void waits(Duration time) {
        lastWait = time;
    }

    /** The daemon stops: whoever waits is told, the container goes on. */
    void abandon() {
        run().ifPresent(Run::abandonSessions);
        end.completeExceptionally(new Unavailable("the daemon is stopping"));
        log.abandon();
    }

    synchronized Optional<Run> run() {
        return Optional.ofNullable(run);
    }

    /** Waits a while for a run that is on disk to be found again. */
    synchronized Optional<Run> awaitRun(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (run == null && isRunning()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    break;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for container " + record.shortId(), e);
        }
        return Optional.ofNullable(run);
    }

    Container view() {
        return ContainerView.of(record, pod, run().flatMap(Run::health));
    }
}
