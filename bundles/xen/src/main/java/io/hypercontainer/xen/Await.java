// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what the host does in its own time. */
final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Await() {}

    /**
     * @param what is waited for, for the message
     * @throws DriverFailure if it does not come
     */
    static void until(String what, BooleanSupplier condition) {
        if (!comes(what, PATIENCE, condition)) {
            throw new DriverFailure(
                    "waited %d seconds in vain for %s".formatted(PATIENCE.toSeconds(), what));
        }
    }

    /** {@return whether it has come in time} */
    static boolean comes(String what, Duration patience, BooleanSupplier condition) {
        var end = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    return false;
                }
                Thread.sleep(10);
            }
            return true;
        } catch (InterruptedException e) {
            throw new Interrupted("wait for " + what, e);
        }
    }
}
