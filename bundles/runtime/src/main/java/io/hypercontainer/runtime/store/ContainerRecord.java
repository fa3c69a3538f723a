// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.runtime.spec.MachineSize;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
 * @param spec what it does
 * @param options how it is treated
 * @param machine the machine that it gets
 * @param phase where it is in its life
 */
public record ContainerRecord(
        int schema,
        String id,
        String name,
        String image,
        String imageId,
        Instant created,
        Resolved spec,
        Options options,
        Machine machine,
        Phase phase) {
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
     */
    public record Options(
            boolean terminal,
            boolean stdin,
            boolean readOnly,
            boolean autoRemove,
            boolean privileged,
            Duration stopTimeout) {}

    /**
     * The machine that a container gets.
     *
     * @param hypervisor name of the hypervisor driver
     * @param storage name of the storage driver
     * @param network name of the network, {@code none} for none
     * @param networkDriver name of the network driver, empty for none
     * @param size memory and CPUs
     * @param requireHardware whether it must not run without hardware virtualization
     * @param isolation what separated it from the host when it last ran
     */
    public record Machine(
            String hypervisor,
            String storage,
            String network,
            String networkDriver,
            MachineSize size,
            boolean requireHardware,
            Optional<String> isolation) {
        /**
         * @param isolation what separates it from the host
         * @return with that
         */
        public Machine with(String isolation) {
            return new Machine(
                    hypervisor,
                    storage,
                    network,
                    networkDriver,
                    size,
                    requireHardware,
                    Optional.of(isolation));
        }
    }

    /**
     * @param next the phase that follows
     * @return in that phase
     */
    public ContainerRecord in(Phase next) {
        return new ContainerRecord(
                schema, id, name, image, imageId, created, spec, options, machine, next);
    }

    /**
     * @param other its machine
     * @return with that machine
     */
    public ContainerRecord on(Machine other) {
        return new ContainerRecord(
                schema, id, name, image, imageId, created, spec, options, other, phase);
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
