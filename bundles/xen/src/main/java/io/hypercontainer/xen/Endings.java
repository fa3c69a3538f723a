// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all who wait that some domain has ended, as xenstored does. */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    /** The processes of a domain end without a word of xenstored. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final XenStore store;
    private XenStore.@Nullable Watch watch;
    private long count;
    private boolean closed;

    Endings(XenStore store) {
        this.store = store;
    }

    /** Returns when a domain has ended, or may have. */
    synchronized void await() throws InterruptedException {
        begin();
        var heard = count;
        var end = System.nanoTime() + GLANCE.toNanos();
        while (count == heard && !closed) {
            var left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    private void begin() {
        if (watch != null || closed) {
            return;
        }
        try {
            var begun = store.new Watch();
            watch = begun;
            Thread.ofVirtual().name("xen endings").start(() -> listen(begun));
        } catch (IOException e) {
            LOG.debug("xenstored does not tell of endings: {}", e.toString());
        }
    }

    private void listen(XenStore.Watch begun) {
        try (begun) {
            while (true) {
                begun.await();
                synchronized (this) {
                    count++;
                    notifyAll();
                }
            }
        } catch (IOException e) {
            LOG.debug("xenstored tells of no more endings: {}", e.toString());
        }
        synchronized (this) {
            watch = null;
        }
    }

    /** Lets those go on who wait. */
    synchronized void close() {
        closed = true;
        notifyAll();
        if (watch != null) {
            try {
                watch.close();
            } catch (IOException e) {
                LOG.debug("{}", e.toString());
            }
        }
    }
}
