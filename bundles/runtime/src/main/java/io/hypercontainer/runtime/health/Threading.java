// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

/** Starts threads that end with the daemon. */
@FunctionalInterface
public interface Threading {
    /**
     * @param name of the thread
     * @param work what it does
     * @return the thread, started
     */
    Thread start(String name, Runnable work);
}
