// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.host;

import io.hypercontainer.api.Interrupted;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Mutual exclusion by name: one change at a time to one layer, root or volume. */
public final class KeyLocks {
    private final Set<String> held = new HashSet<>();

    /**
     * Runs a change when no other of the same key runs.
     *
     * @param what for the error if the wait is interrupted
     */
    public <T> T exclusively(String key, String what, Supplier<T> change) {
        synchronized (held) {
            while (held.contains(key)) {
                try {
                    held.wait();
                } catch (InterruptedException e) {
                    throw new Interrupted(what, e);
                }
            }
            held.add(key);
        }
        try {
            return change.get();
        } finally {
            synchronized (held) {
                held.remove(key);
                held.notifyAll();
            }
        }
    }

    public void exclusively(String key, String what, Runnable change) {
        exclusively(
                key,
                what,
                () -> {
                    change.run();
                    return true;
                });
    }
}
