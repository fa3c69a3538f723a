// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what is sure to come; the bound is for drivers with which it does not come. */
public final class Await {
    /** Longer than anything takes on a slow and busy machine. */
    public static final Duration LONG = Duration.ofMinutes(2);

    private static final long NAP = 5;

    private Await() {}

    /**
     * @param what for the report
     */
    public static void until(String what, BooleanSupplier condition) {
        var _ = value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * @param what for the report
     * @return what came
     */
    public static <T> T value(String what, Supplier<Optional<T>> source) {
        var end = System.nanoTime() + LONG.toNanos();
        while (true) {
            var value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + LONG.toSeconds() + " seconds: " + what);
            }
            try {
                Thread.sleep(NAP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("given up: " + what, e);
            }
        }
    }
}
