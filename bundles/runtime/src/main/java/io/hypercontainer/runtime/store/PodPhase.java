// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Where a pod is in its life, as kept on disk. A pod that was made for one container stays {@link
 * Created}: it lives as its container does.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "phase")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PodPhase.Creating.class, name = "creating"),
    @JsonSubTypes.Type(value = PodPhase.Created.class, name = "created"),
    @JsonSubTypes.Type(value = PodPhase.Running.class, name = "running"),
    @JsonSubTypes.Type(value = PodPhase.Stopped.class, name = "stopped"),
    @JsonSubTypes.Type(value = PodPhase.Removing.class, name = "removing")
})
public sealed interface PodPhase {
    /** Its containers are being made; found at a start of the daemon, they are undone. */
    record Creating() implements PodPhase {}

    /** It has never been started. */
    record Created() implements PodPhase {}

    /** Its machine runs until somebody stops it. */
    record Running() implements PodPhase {}

    /**
     * Its machine has ended.
     *
     * @param error why, if nobody asked it to, else empty
     */
    record Stopped(String error) implements PodPhase {}

    /**
     * It is being deleted; found at a start of the daemon, this is finished.
     *
     * @param volumes whether anonymous volumes of its containers go too
     */
    record Removing(boolean volumes) implements PodPhase {}
}
