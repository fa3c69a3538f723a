// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** One of the places for checks that are being made; given back once. */
final class Place implements AutoCloseable {
    private final Semaphore places;
    private final AtomicBoolean free = new AtomicBoolean();

    /** Waits for a free one. */
    Place(Semaphore places) throws InterruptedException {
        places.acquire();
        this.places = places;
    }

    @Override
    public void close() {
        if (free.compareAndSet(false, true)) {
            places.release();
        }
    }
}
