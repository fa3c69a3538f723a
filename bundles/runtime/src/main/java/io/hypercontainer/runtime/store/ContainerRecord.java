// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * A container as kept on disk.
 *
 * @param schema version of this format
 * @param id 64 hex digits
 * @param name its name
 * @param image the image's name when it was made
 * @param imageId the image's id
 * @param created when it was made
 * @param pod id of its pod; its own if the pod was made for it
 * @param storage name of the driver that keeps its files
 * @param spec what it does
 * @param options how it is treated
 * @param supervision what is done when it ends, or is not well
 * @param phase where it is in its life
 */
public record ContainerRecord(
        int schema,
        String id,
        String name,
        String image,
        String imageId,
        Instant created,
        String pod,
        String storage,
        Resolved spec,
        Options options,
        Supervision supervision,
        Phase phase)
        implements StoredRecord {
    /** The format that this daemon writes. */
    public static final int SCHEMA = 1;

    /**
     * How a container is treated.
     *
     * @param terminal whether its process has a terminal
     * @param stdin whether its standard input is kept open
     * @param readOnly whether its root may only be read
     * @param autoRemove whether it is deleted when it has ended
     * @param privileged whether its process has all capabilities
     * @param stopTimeout time between stop signal and KILL
     * @param limits its share of its pod's machine
     * @param log what becomes of what it prints
     */
    public record Options(
            boolean terminal,
            boolean stdin,
            boolean readOnly,
            boolean autoRemove,
            boolean privileged,
            Duration stopTimeout,
            Limits limits,
            LogSpec log) {
        /**
         * @param other its share of the machine
         * @return with that
         */
        public Options limited(Limits other) {
            return new Options(
                    terminal, stdin, readOnly, autoRemove, privileged, stopTimeout, other, log);
        }
    }

    /**
     * @param next the phase that follows
     * @return in that phase
     */
    public ContainerRecord in(Phase next) {
        return new ContainerRecord(
                schema,
                id,
                name,
                image,
                imageId,
                created,
                pod,
                storage,
                spec,
                options,
                supervision,
                next);
    }

    /**
     * @param other its name
     * @return with that name
     */
    public ContainerRecord named(String other) {
        return new ContainerRecord(
                schema,
                id,
                other,
                image,
                imageId,
                created,
                pod,
                storage,
                spec,
                options,
                supervision,
                phase);
    }

    /**
     * @param other how it is treated
     * @return with that
     */
    public ContainerRecord treated(Options other) {
        return new ContainerRecord(
                schema,
                id,
                name,
                image,
                imageId,
                created,
                pod,
                storage,
                spec,
                other,
                supervision,
                phase);
    }

    /**
     * @param other what is done when it ends, or is not well
     * @return with that
     */
    public ContainerRecord supervised(Supervision other) {
        return new ContainerRecord(
                schema, id, name, image, imageId, created, pod, storage, spec, options, other,
                phase);
    }

    /** {@return the beginning of its id, as people see it} */
    public String shortId() {
        return id.substring(0, 12);
    }

    /** {@return its volumes} */
    public Stream<Mounted.InVolume> volumes() {
        return spec.mounts().stream()
                .filter(Mounted.InVolume.class::isInstance)
                .map(Mounted.InVolume.class::cast);
    }
}
