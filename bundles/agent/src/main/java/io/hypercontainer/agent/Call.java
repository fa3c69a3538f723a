// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** A request to the guest and its answer. Closing it means that nobody waits for that any more. */
final class Call implements AutoCloseable {
    /** For what takes as long as it takes. */
    static final Duration UNLIMITED = Duration.ofDays(365);

    private final int id;
    private final String guest;
    private final String operation;
    private final Duration timeout;
    private final Runnable forget;
    private final CompletableFuture<ObjectNode> answer = new CompletableFuture<>();

    Call(int id, String guest, String operation, Duration timeout, Runnable forget) {
        this.id = id;
        this.guest = guest;
        this.operation = operation;
        this.timeout = timeout;
        this.forget = forget;
        answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    int id() {
        return id;
    }

    Duration timeout() {
        return timeout;
    }

    void answer(boolean error, ObjectNode content) {
        if (error) {
            answer.completeExceptionally(GuestError.of(content));
        } else {
            answer.complete(content);
        }
    }

    void fail(HyperException failure) {
        answer.completeExceptionally(failure);
    }

    /** Runs this, which must not block, when there will be no good answer. */
    void onFailure(Runnable action) {
        CompletableFuture<ObjectNode> _ =
                answer.whenComplete((reply, failure) -> {
                    if (failure != null) {
                        action.run();
                    }
                });
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    /** Waits for the answer, at most until the request's time is over. */
    ObjectNode await() throws GuestError {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            throw new Interrupted("request '" + operation + "' to the guest", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case GuestError error -> throw error;
                case HyperException lost -> throw lost;
                case null, default -> throw late();
            }
        }
    }

    DeadlineExceeded late() {
        return new DeadlineExceeded(
                "the guest at "
                        + guest
                        + " did not answer the request '"
                        + operation
                        + "' within "
                        + timeout.toMillis()
                        + " ms");
    }

    @Override
    public void close() {
        forget.run();
        // Ends the timer.
        answer.cancel(false);
    }
}
