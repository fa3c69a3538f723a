// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pod in memory. Its lock is held while its machine or what is plugged into it changes; who wants
 * a container's lock too takes that one first.
 */
final class ManagedPod implements Indexed {
    private final ReentrantLock machine = new ReentrantLock();
    private final ReentrantLock comparison = new ReentrantLock();
    private final List<ManagedContainer> containers = new CopyOnWriteArrayList<>();
    private volatile PodRecord record;
    private volatile Optional<MachineRecord> held;
    private @Nullable PodRun run; // guarded by this

    ManagedPod(PodRecord record, Optional<MachineRecord> held) {
        this.record = record;
        this.held = held;
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
        return !(record.phase() instanceof PodPhase.Creating);
    }

    PodRecord record() {
        return record;
    }

    void becomes(PodRecord next) {
        record = next;
    }

    /** {@return its containers, in the order in which they were added} */
    List<ManagedContainer> containers() {
        return containers;
    }

    /** {@return what it holds on the host} */
    Optional<MachineRecord> held() {
        return held;
    }

    void holds(Optional<MachineRecord> what) {
        held = what;
    }

    /** Takes the lock; the result gives it back. */
    Held lock() {
        return lock(machine);
    }

    /** Takes the lock that is held while one of its containers is compared with its image. */
    Held lockComparison() {
        return lock(comparison);
    }

    private Held lock(ReentrantLock lock) {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for pod " + record.shortId(), e);
        }
        return lock::unlock;
    }

    /** {@return whether its machine or what is plugged into it changes just now} */
    boolean isChanging() {
        return machine.isLocked();
    }

    /** Takes the lock if nobody has it. */
    Optional<Held> tryLock() {
        return machine.tryLock() ? Optional.of(machine::unlock) : Optional.empty();
    }

    /** Its machine runs. */
    synchronized void begins(PodRun started) {
        run = started;
        notifyAll();
    }

    /** Its machine does not run any more. */
    synchronized void ends() {
        run = null;
        notifyAll();
    }

    synchronized Optional<PodRun> run() {
        return Optional.ofNullable(run);
    }

    /** Waits a while for a machine that is on disk to be found again. */
    synchronized Optional<PodRun> awaitRun(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (run == null && held.isPresent()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    break;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for pod " + record.shortId(), e);
        }
        return Optional.ofNullable(run);
    }
}
