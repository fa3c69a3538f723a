// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;

/** What a pod does. */
public sealed interface PodState {
    /** It has never been started. */
    record Created() implements PodState {}

    /**
     * Its virtual machine runs.
     *
     * @param since since when
     */
    record Running(Instant since) implements PodState {}

    /**
     * Its virtual machine is halted.
     *
     * @param since since when the machine runs
     */
    record Paused(Instant since) implements PodState {}

    /**
     * It was stopped, or its machine has ended.
     *
     * @param error why the machine ended if nobody asked it to, else empty
     */
    record Stopped(String error) implements PodState {}

    /** {@return {@code created}, {@code running}, {@code paused}, {@code stopped}} */
    default String word() {
        return switch (this) {
            case Created c -> "created";
            case Running r -> "running";
            case Paused p -> "paused";
            case Stopped s -> "stopped";
        };
    }
}
