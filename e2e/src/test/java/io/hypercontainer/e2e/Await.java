// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waits for something to become true, for a generous while. */
final class Await {
    private static final long LIMIT_SECONDS = 120;

    private Await() {}

    /** Looks at something that is printed. */
    interface Look {
        String look() throws Exception;
    }

    static void text(Look look, String expected) throws Exception {
        until(look, seen -> seen.contains(expected), "'" + expected + "'");
    }

    static void nothing(Look look) throws Exception {
        until(look, String::isEmpty, "nothing");
    }

    private static void until(Look look, Predicate<String> enough, String expected)
            throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        var seen = look.look();
        while (!enough.test(seen)) {
            assertThat(System.nanoTime())
                    .as("%s does not come: %s", expected, seen)
                    .isLessThan(deadline);
            Thread.sleep(50);
            seen = look.look();
        }
    }
}
