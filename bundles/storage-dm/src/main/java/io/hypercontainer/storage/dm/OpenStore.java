// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the store when it is first wanted, and closes it when nobody works with it any more. */
final class OpenStore {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStore.class);

    private final Home home;
    private final Settings settings;
    private final Stop stop = new Stop();
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private final Object opening = new Object();
    private volatile @Nullable Store store;

    OpenStore(Home home, Settings settings) {
        this.home = home;
        this.settings = settings;
    }

    Home home() {
        return home;
    }

    /** What needs the store. */
    interface Work<T> {
        T on(Store store) throws IOException;
    }

    <T> T with(Work<T> work) throws IOException {
        use.readLock().lock();
        try {
            stop.check();
            return work.on(open());
        } finally {
            use.readLock().unlock();
        }
    }

    private Store open() throws IOException {
        synchronized (opening) {
            Store present = store;
            if (present == null) {
                present = Store.open(home, settings, stop);
                store = present;
            }
            return present;
        }
    }

    /** {@return the store, if it is open} */
    Optional<Store> present() {
        return Optional.ofNullable(store);
    }

    /**
     * Waits for what goes on; imports give up soon.
     *
     * @param takeDown whether a pool that serves nothing shall leave the kernel
     */
    void close(boolean takeDown) {
        stop.ask();
        use.writeLock().lock();
        try {
            Store present = store;
            store = null;
            if (present != null) {
                try (present) {
                    if (takeDown) {
                        present.takeDown();
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("the pool was not left in order", e);
        } finally {
            use.writeLock().unlock();
        }
    }
}
