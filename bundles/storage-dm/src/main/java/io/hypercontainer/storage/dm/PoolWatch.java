// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.linux.DeviceMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the pool grow when containers fill it: the kernel tells when it runs low. */
final class PoolWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolWatch.class);

    /** After this it looks even if nothing was told: metadata have no low-water mark. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Pool pool;
    private final Thread thread;
    private volatile boolean ended;
    private volatile @Nullable String problem;

    private PoolWatch(Pool pool) {
        this.pool = pool;
        // It waits in a system call.
        thread = Thread.ofPlatform().daemon().name("hyper-dm-watch").unstarted(this::watch);
    }

    static PoolWatch start(Pool pool) {
        var watch = new PoolWatch(pool);
        watch.thread.start();
        return watch;
    }

    /** {@return why the pool does not grow} */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void watch() {
        try (DeviceMapper mapper = DeviceMapper.open()) {
            while (!ended) {
                mapper.arm();
                look();
                var _ = mapper.awaitEvent(LOOK);
            }
        } catch (IOException e) {
            LOG.error("pool {} is not watched any more and will not grow", pool.name(), e);
        }
    }

    private void look() {
        try {
            pool.growIfShort();
            if (problem != null) {
                LOG.info("pool {} has space again", pool.name());
                problem = null;
            }
        } catch (IOException | HyperException e) {
            String why = String.valueOf(e.getMessage());
            if (!ended && !why.equals(problem)) {
                LOG.warn("pool {} does not grow: {}", pool.name(), why);
                problem = why;
            }
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
