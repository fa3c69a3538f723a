// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperException;
import org.jspecify.annotations.Nullable;

/** Somebody who calls from a thread of their own. */
final class Caller {
    private final Thread thread;
    private volatile @Nullable HyperException failure;

    Caller(Runnable call) {
        thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                call.run();
                            } catch (HyperException e) {
                                failure = e;
                            }
                        });
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits for the end of the call. */
    @Nullable HyperException failure() throws InterruptedException {
        thread.join();
        return failure;
    }
}
