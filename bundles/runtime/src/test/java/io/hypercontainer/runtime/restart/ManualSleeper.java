// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.restart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Time passes when the test says so. */
public final class ManualSleeper implements Sleeper {
    private final List<Sleep> sleeping = new ArrayList<>();

    private record Sleep(Duration time, CompletableFuture<Void> over) {}

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Sleep sleep = new Sleep(time, new CompletableFuture<>());
        synchronized (this) {
            sleeping.add(sleep);
            notifyAll();
        }
        try {
            sleep.over().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            synchronized (this) {
                sleeping.remove(sleep);
                notifyAll();
            }
        }
    }

    /** Waits until somebody sleeps for so long, and lets that time pass. */
    public synchronized void pass(Duration time) throws InterruptedException {
        while (true) {
            for (Sleep sleep : sleeping) {
                if (sleep.time().equals(time) && !sleep.over().isDone()) {
                    sleep.over().complete(null);
                    return;
                }
            }
            wait();
        }
    }

    /** Waits until somebody sleeps, and lets that time pass. */
    public synchronized void passAny() throws InterruptedException {
        while (true) {
            for (Sleep sleep : sleeping) {
                if (!sleep.over().isDone()) {
                    sleep.over().complete(null);
                    return;
                }
            }
            wait();
        }
    }

    /** Waits until nobody sleeps. */
    public synchronized void awaitNobody() throws InterruptedException {
        while (!sleeping.isEmpty()) {
            wait();
        }
    }

    /** Waits until nobody sleeps for so long. */
    public synchronized void awaitNobody(Duration time) throws InterruptedException {
        while (sleeping.stream().anyMatch(s -> s.time().equals(time))) {
            wait();
        }
    }

    /** Waits until somebody sleeps for so long. */
    public synchronized void awaitSleeping(Duration time) throws InterruptedException {
        while (sleeping.stream().noneMatch(s -> s.time().equals(time) && !s.over().isDone())) {
            wait();
        }
    }
}
