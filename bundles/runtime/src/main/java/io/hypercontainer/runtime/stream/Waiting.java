// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for ends in the API's terms. */
public final class Waiting {
    private Waiting() {}

    /**
     * @param end an end to come
     * @return how it ended
     */
    public static ExitStatus forEnd(CompletableFuture<ExitStatus> end) {
        try {
            return end.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for the end of a process", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
