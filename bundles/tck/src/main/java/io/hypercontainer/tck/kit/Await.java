// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.opentest4j.AssertionFailedError;

/** Waits for what is sure to come; the bound is for drivers with which it does not come. */
public final class Await {
    /** Longer than anything takes on a slow and busy machine. */
    public static final Duration LONG = Duration.ofMinutes(2);

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final long NAP = 5;

    private Await() {}

    /**
     * @param what for the report
     */
    public static void until(String what, BooleanSupplier condition) {
        var _ = value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * For what needs no waiting, unless a driver works in the background.
     *
     * @param seen what is seen instead, for the report
     */
    public static void untilSoon(Supplier<String> seen, BooleanSupplier condition) {
        var end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionFailedError(seen.get());
            }
            nap("wait");
        }
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
            nap(what);
        }
    }

    private static void nap(String what) {
        try {
            Thread.sleep(NAP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("given up: " + what, e);
        }
    }
}
