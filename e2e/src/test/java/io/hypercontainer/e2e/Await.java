// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

/** Waits for something to become true, for a generous while. */
final class Await {
    private static final long LIMIT_SECONDS = 120;

    private Await() {}

    /** Looks at something that is printed. */
    interface Look {
        String look() throws Exception;
    }

    static void text(Look look, String expected) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        var seen = look.look();
        while (!seen.contains(expected)) {
            assertThat(System.nanoTime())
                    .as("'%s' does not come: %s", expected, seen)
                    .isLessThan(deadline);
            Thread.sleep(50);
            seen = look.look();
        }
    }
}
