// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unavailable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All threads of the runtime: virtual ones, named {@code hyper-…}, that end when it stops. */
final class Threads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Set<Thread> live = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Thread start(String name, Runnable work) {
        Thread thread = Thread.ofVirtual().name("hyper-" + name).unstarted(() -> run(name, work));
        synchronized (this) {
            if (closed) {
                throw new Unavailable("the runtime is stopping");
            }
            live.add(thread);
        }
        thread.start();
        return thread;
    }

    private void run(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.error("thread hyper-{} failed", name, e);
            }
        } finally {
            live.remove(Thread.currentThread());
        }
    }

    <T> Future<T> submit(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        start(name, task);
        return task;
    }

    boolean isClosed() {
        return closed;
    }

    /** Forbids new threads, from before the connections of the old ones are closed. */
    synchronized void forbid() {
        closed = true;
    }

    @Override
    public void close() {
        forbid();
        live.forEach(Thread::interrupt);
        try {
            for (Thread thread : live) {
                if (!thread.join(PATIENCE)) {
                    LOG.warn("thread {} does not end", thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
