// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.HyperException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a machine go on that QEMU has stopped because a disk of the host is full. A virtual disk
 * cannot tell its guest so, and an error would make the guest's file system give up; but QEMU does
 * the failed writes once more when it goes on, and the guest never learns of it.
 */
final class SpaceWait {
    /** The run state of QEMU that means it (run-state.json). */
    static final String STATUS = "io-error";

    private static final Logger LOG = LoggerFactory.getLogger(SpaceWait.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final QemuMachine machine;
    private final AtomicBoolean waiting = new AtomicBoolean();

    SpaceWait(QemuMachine machine) {
        this.machine = machine;
    }

    static boolean isMeant(Qmp.Event event) {
        return event.name().equals("BLOCK_IO_ERROR")
                && event.data().path("action").asString("").equals("stop");
    }

    /** {@return whether the machine is stopped for want of space} */
    boolean isWaiting() {
        return waiting.get();
    }

    /** QEMU has stopped, or may have. */
    void begin() {
        if (waiting.compareAndSet(false, true)) {
            Thread.ofVirtual().name("space " + machine.id()).start(this::run);
        }
    }

    private void run() {
        LOG.warn("Machine {} stands still: the disk under it is full", machine.id());
        try {
            do {
                waiting.set(true);
                while (!machine.isOverWithin(PAUSE) && isStopped()) {
                    if (!machine.isPausedByUser()) {
                        machine.monitor().execute("cont");
                    }
                }
                waiting.set(false);
                // An event that came meanwhile was not heeded.
            } while (!machine.isOverWithin(Duration.ZERO) && isStopped());
            LOG.info("Machine {} goes on", machine.id());
        } catch (HyperException e) {
            LOG.debug("Machine {} is not waited for any more", machine.id(), e);
        } finally {
            waiting.set(false);
        }
    }

    private boolean isStopped() {
        return machine.status().equals(STATUS);
    }
}
