// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.restart;

import java.time.Duration;

/** Lets time pass; tests have their own. */
@FunctionalInterface
public interface Sleeper {
    /** Real time. */
    Sleeper REAL = Thread::sleep;

    /**
     * Returns when a time has passed.
     *
     * @param time how long
     * @throws InterruptedException if the thread was interrupted
     */
    void sleep(Duration time) throws InterruptedException;
}
