// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.runtime.spec.MachineSize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod as kept on disk. Which containers it has, they say themselves.
 *
 * @param schema version of this format
 * @param id 64 hex digits
 * @param name its name
 * @param created when it was made
 * @param hostname host name of its containers
 * @param labels its labels
 * @param machine the machine that it gets
 * @param ports what is published; host port 0 is chosen at each start
 * @param dns its name service
 * @param services its services
 * @param single whether it was made for one container, which then has the same id
 * @param phase where it is in its life
 */
public record PodRecord(
        int schema,
        String id,
        String name,
        Instant created,
        String hostname,
        Map<String, String> labels,
        Machine machine,
        List<PortMapping> ports,
        Dns dns,
        List<Service> services,
        boolean single,
        PodPhase phase)
        implements StoredRecord {
    /** The format that this daemon writes. */
    public static final int SCHEMA = 1;

    /** Keeps unmodifiable copies. */
    public PodRecord {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        services = List.copyOf(services);
    }

    /**
     * The machine that a pod gets.
     *
     * @param hypervisor name of the hypervisor driver
     * @param storage name of the storage driver of its containers
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
         * @param now what separates it from the host
         * @return with that
         */
        public Machine isolatedBy(String now) {
            return new Machine(
                    hypervisor,
                    storage,
                    network,
                    networkDriver,
                    size,
                    requireHardware,
                    Optional.of(now));
        }

        /**
         * @param other memory and CPUs
         * @return with those
         */
        public Machine sized(MachineSize other) {
            return new Machine(
                    hypervisor, storage, network, networkDriver, other, requireHardware, isolation);
        }
    }

    /**
     * @param next the phase that follows
     * @return in that phase
     */
    public PodRecord in(PodPhase next) {
        return new PodRecord(
                schema, id, name, created, hostname, labels, machine, ports, dns, services, single,
                next);
    }

    /**
     * @param other its machine
     * @return with that machine
     */
    public PodRecord on(Machine other) {
        return new PodRecord(
                schema, id, name, created, hostname, labels, other, ports, dns, services, single,
                phase);
    }

    /**
     * @param other its name
     * @return with that name
     */
    public PodRecord named(String other) {
        return new PodRecord(
                schema, id, other, created, hostname, labels, machine, ports, dns, services, single,
                phase);
    }

    /**
     * @param others its labels
     * @return with those labels
     */
    public PodRecord labelled(Map<String, String> others) {
        return new PodRecord(
                schema, id, name, created, hostname, others, machine, ports, dns, services, single,
                phase);
    }

    /**
     * @param others what is published
     * @return with that
     */
    public PodRecord publishing(List<PortMapping> others) {
        return new PodRecord(
                schema, id, name, created, hostname, labels, machine, others, dns, services, single,
                phase);
    }

    /**
     * @param others its services
     * @return with those
     */
    public PodRecord serving(List<Service> others) {
        return new PodRecord(
                schema, id, name, created, hostname, labels, machine, ports, dns, others, single,
                phase);
    }

    /** {@return the beginning of its id, as people see it} */
    public String shortId() {
        return id.substring(0, 12);
    }
}
