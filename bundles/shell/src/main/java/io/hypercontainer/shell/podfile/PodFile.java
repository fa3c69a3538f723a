// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.FileSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A pod file that was read and found to be right. Only the content of its files is still to be
 * fetched.
 */
public final class PodFile {
    /**
     * Label of a pod that names the volumes that its file asked the storage driver for, divided by
     * commas: what nobody else asked for goes with the pod.
     */
    public static final String VOLUMES_LABEL = "io.hypercontainer.pod.volumes";

    /** The most bytes of a pod file. */
    public static final int MAX_BYTES = Document.MAX_BYTES;

    /** A container without its files. */
    record Part(String image, ContainerSpecBuilder spec, List<FileUse> files) {}

    private final String name;
    private final Optional<String> hostname;
    private final Map<String, String> labels;
    private final MachineSpec machine;
    private final List<PortMapping> ports;
    private final Dns dns;
    private final List<Service> services;
    private final List<Part> parts;

    PodFile(
            String name,
            Optional<String> hostname,
            Map<String, String> labels,
            Set<String> volumes,
            MachineSpec machine,
            List<PortMapping> ports,
            Dns dns,
            List<Service> services,
            List<Part> parts) {
        this.name = name;
        this.hostname = hostname;
        this.labels = new HashMap<>(labels);
        if (!volumes.isEmpty()) {
            this.labels.put(VOLUMES_LABEL, String.join(",", volumes));
        }
        this.machine = machine;
        this.ports = ports;
        this.dns = dns;
        this.services = services;
        this.parts = parts;
    }

    /**
     * Reads a pod file.
     *
     * @param file its name
     * @param content its content
     * @param yaml whether it is YAML for sure; else its name or its first character tells
     * @param name the pod's name instead of the file's
     * @return what it says
     * @throws InvalidPodFile if anything is wrong with it
     * @throws io.hypercontainer.api.InvalidSpec if {@code name} is not a name
     */
    public static PodFile parse(String file, byte[] content, boolean yaml, Optional<String> name)
            throws InvalidPodFile {
        return PodReader.read(Document.parse(file, content, yaml), name.map(Names::object));
    }

    /** {@return the images of its containers, each once} */
    public List<String> images() {
        return parts.stream().map(Part::image).distinct().toList();
    }

    /**
     * Fetches the files and completes the specification.
     *
     * @param fetcher gets files
     * @return the specification
     * @throws InvalidPodFile if a file cannot be had
     */
    public PodSpec spec(FileFetcher fetcher) throws InvalidPodFile {
        Problems problems = new Problems();
        List<ContainerSpec> containers = new ArrayList<>();
        for (Part part : parts) {
            List<FileSpec> files = new ArrayList<>();
            for (FileUse use : part.files()) {
                files.add(use.with(fetcher.get(use.source(), problems)));
            }
            containers.add(part.spec().files(files).build());
        }
        problems.check();
        return new PodSpec(
                Optional.of(name), hostname, labels, machine, ports, dns, services, containers);
    }
}
