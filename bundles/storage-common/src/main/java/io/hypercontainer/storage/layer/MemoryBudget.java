// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.Unavailable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Heap that all conversions together may take for the trees of their layers. One layer is bounded
 * by its own limits; without this, several hostile ones at once would still fill the daemon's heap.
 */
public final class MemoryBudget {
    private final long total;
    private final AtomicLong taken = new AtomicLong();

    public MemoryBudget(long total) {
        this.total = total;
    }

    /** Half of what there is: the rest of the daemon goes on meanwhile. */
    public static MemoryBudget ofHeap() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
    }

    /** One conversion's part. */
    public Share share() {
        return new Share();
    }

    /** What one conversion has taken; given back when it ends. */
    public final class Share implements AutoCloseable {
        private long mine;

        private Share() {}

        public void take(long bytes) {
            mine += bytes;
            if (taken.addAndGet(bytes) > total) {
                throw new Unavailable(
                        "layers with too many files are being imported at once; try again later,"
                                + " or give the daemon more memory");
            }
        }

        @Override
        public void close() {
            taken.addAndGet(-mine);
            mine = 0;
        }
    }
}
