// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.runtime.log.LogPosition;
import java.time.Instant;

/** Where a container is in its life, as kept on disk. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "phase")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Phase.Creating.class, name = "creating"),
    @JsonSubTypes.Type(value = Phase.Created.class, name = "created"),
    @JsonSubTypes.Type(value = Phase.Running.class, name = "running"),
    @JsonSubTypes.Type(value = Phase.Restarting.class, name = "restarting"),
    @JsonSubTypes.Type(value = Phase.Exited.class, name = "exited"),
    @JsonSubTypes.Type(value = Phase.Removing.class, name = "removing")
})
public sealed interface Phase {
    /** Its file systems are being made; found at a start of the daemon, they are undone. */
    record Creating() implements Phase {}

    /** It has never been started. */
    record Created() implements Phase {}

    /**
     * It was started: its machine has been launched, if it did not run.
     *
     * @param since when
     * @param log what the log held then
     */
    record Running(Instant since, LogPosition log) implements Phase {}

    /**
     * Its process has ended and will be started again.
     *
     * @param started when it was started
     * @param status how it ended
     * @param error why it lost its machine, else empty
     */
    record Restarting(Instant started, ExitStatus status, String error) implements Phase {
        /** {@return if it is not started again after all} */
        public Exited exited() {
            return new Exited(started, status, error);
        }
    }

    /**
     * Its process has ended.
     *
     * @param started when it was started
     * @param status how it ended
     * @param error why it could not be started or lost its machine, else empty
     */
    record Exited(Instant started, ExitStatus status, String error) implements Phase {}

    /**
     * It is being deleted; found at a start of the daemon, this is finished.
     *
     * @param volumes whether its anonymous volumes go too
     */
    record Removing(boolean volumes) implements Phase {}
}
