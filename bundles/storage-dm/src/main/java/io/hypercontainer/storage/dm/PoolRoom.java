// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.storage.dm.ext4.Room;
import java.io.IOException;

/** Looks from time to time whether the pool has space for what is being written. */
final class PoolRoom implements Room {
    private static final long STEP = 1 << 20;

    private final Pool pool;
    private final Stop stop;
    private long left;

    PoolRoom(Pool pool, Stop stop) {
        this.pool = pool;
        this.stop = stop;
    }

    @Override
    public void take(int bytes) throws IOException {
        stop.check();
        // However little is written, a block of the pool is taken.
        long blocks = (bytes + pool.block() - 1) / pool.block() + 1;
        left -= blocks * pool.block();
        if (left < 0) {
            left = Math.max(STEP, blocks * pool.block());
            pool.ensureFree(2 * left);
        }
    }
}
