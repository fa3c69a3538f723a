// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What takes back the steps of a change, last one first, unless the change was completed. */
final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<Runnable> steps = new ArrayDeque<>();

    void add(Runnable step) {
        steps.push(step);
    }

    void complete() {
        steps.clear();
    }

    @Override
    public void close() {
        // A change that was given up because its thread was interrupted is undone all the same.
        boolean interrupted = Thread.interrupted();
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException e) {
                // The change's own error is the one to report; the rest has to be undone too.
                LOG.warn("an incomplete change could not be undone: {}", e.toString());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
