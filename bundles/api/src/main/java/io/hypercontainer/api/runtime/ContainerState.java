// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.ExitStatus;
import java.time.Instant;

/** What a container does. */
public sealed interface ContainerState {
    /** It has never been started. */
    record Created() implements ContainerState {}

    /**
     * Its process runs.
     *
     * @param since when it was started
     */
    record Running(Instant since) implements ContainerState {}

    /**
     * Its process runs in a pod that is halted.
     *
     * @param since when it was started
     */
    record Paused(Instant since) implements ContainerState {}

    /**
     * Its process has ended and will be started again.
     *
     * @param started when it was started
     * @param status how it ended
     */
    record Restarting(Instant started, ExitStatus status) implements ContainerState {}

    /**
     * Its process has ended.
     *
     * @param started when it was started
     * @param status how it ended
     * @param error why it could not be started or lost its machine, else empty
     */
    record Exited(Instant started, ExitStatus status, String error) implements ContainerState {}

    /**
     * {@return docker's word for it: {@code created}, {@code running}, {@code paused}, {@code
     * restarting}, {@code exited}}
     */
    default String word() {
        return switch (this) {
            case Created c -> "created";
            case Running r -> "running";
            case Paused p -> "paused";
            case Restarting r -> "restarting";
            case Exited e -> "exited";
        };
    }

    /** {@return whether it has a process, running or halted} */
    default boolean isAlive() {
        return this instanceof Running || this instanceof Paused;
    }
}
