// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestAgent;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One start of a pod's machine, and the connection to its guest. */
final class PodRun {
    private final Machine machine;
    private final Set<String> users = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean supervised = new AtomicBoolean();
    private volatile @Nullable Future<?> boot;
    private boolean over; // guarded by this
    private boolean paused; // guarded by this
    private @Nullable GuestAgent agent; // guarded by this
    private final Object watch = new Object();
    private @Nullable Thread watcher; // guarded by watch

    /**
     * @param paused whether it is halted
     */
    PodRun(Machine machine, boolean paused) {
        this.machine = machine;
        this.paused = paused;
    }

    Machine machine() {
        return machine;
    }

    /** {@return ids of the containers for which the machine runs} */
    Set<String> users() {
        return users;
    }

    /**
     * @param booting ends when the guest has been {@link #connected}
     */
    void boots(Future<?> booting) {
        boot = booting;
    }

    /** Gives up waiting for a guest that boots. */
    void cancelBoot() {
        Future<?> booting = boot;
        if (booting != null) {
            booting.cancel(true);
        }
        disconnect();
    }

    /**
     * Waits until the guest can be asked: as long as it boots, and for a while where the connection
     * is lost.
     *
     * @throws HyperException if it did not boot, is halted, or is not there
     */
    GuestAgent await(Duration patience) {
        Future<?> booting = boot;
        if (booting != null) {
            awaitBoot(booting);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (this) {
            try {
                while (agent == null && !over && !paused) {
                    long millis = (deadline - System.nanoTime()) / 1_000_000;
                    if (millis <= 0) {
                        break;
                    }
                    wait(millis);
                }
            } catch (InterruptedException e) {
                throw new Interrupted("waiting for a guest", e);
            }
            GuestAgent connected = agent;
            if (connected == null) {
                throw new Unavailable(
                        "the connection to the guest is lost: try again, or see 'doctor'");
            }
            return connected;
        }
    }

    private static void awaitBoot(Future<?> booting) {
        try {
            booting.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for a guest to boot", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** {@return whether the caller is the first to ask: the one who supervises it} */
    boolean claimSupervision() {
        return supervised.compareAndSet(false, true);
    }

    /** {@return the connection to its guest; empty while it is lost} */
    synchronized Optional<GuestAgent> agent() {
        return Optional.ofNullable(agent);
    }

    /** {@return whether somebody still wants the connection} */
    synchronized boolean connected(GuestAgent next) {
        if (over) {
            return false;
        }
        agent = next;
        notifyAll();
        return true;
    }

    void disconnect() {
        GuestAgent connected;
        synchronized (this) {
            connected = agent;
            agent = null;
        }
        if (connected != null) {
            connected.close();
        }
    }

    synchronized boolean isPaused() {
        return paused;
    }

    synchronized void pauses(boolean halted) {
        paused = halted;
        notifyAll();
    }

    /** Waits as long as the machine is halted. */
    synchronized void awaitUnpaused() throws InterruptedException {
        while (paused && !over) {
            wait();
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
    synchronized boolean end() {
        boolean first = !over;
        over = true;
        notifyAll();
        return first;
    }

    synchronized boolean isOver() {
        return over;
    }

    /** Waits until it is over, at most for the time. */
    synchronized void awaitOver(Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        for (long millis = time.toMillis(); millis > 0 && !over; ) {
            wait(millis);
            millis = (deadline - System.nanoTime()) / 1_000_000;
        }
    }
}
