// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a pod. */
final class PodReader {
    private static final int MOST_CONTAINERS = 64;
    private static final int LETTERS = 10;
    private static final long MOST_CPUS = 1024;

    private PodReader() {}

    static PodFile read(Value value, Optional<String> name) throws InvalidPodFile {
        Problems problems = new Problems();
        Section pod = Section.root(problems, value);
        PodFile file = read(pod, name);
        problems.check();
        return file;
    }

    private static PodFile read(Section pod, Optional<String> given) {
        Optional<String> id = pod.text("id", Names::object);
        String name = given.or(() -> id).orElseGet(PodReader::madeUp);
        pod.text("type");
        Map<String, String> labels = pod.table("labels");
        if (labels.containsKey(PodFile.VOLUMES_LABEL)) {
            pod.problem("labels." + PodFile.VOLUMES_LABEL, "is set by the daemon");
        }
        FileReader files = new FileReader(pod);
        VolumeReader volumes = new VolumeReader(name, pod);
        PortReader ports = new PortReader(pod);
        ContainerReader.Defaults defaults =
                new ContainerReader.Defaults(
                        name,
                        pod.flag("tty").orElse(false),
                        pod.text("restartPolicy", Words::restart).orElse(RestartPolicy.NO),
                        LogReader.of(pod).orElse(LogSpec.DEFAULT));
        List<PodFile.Part> parts =
                containers(pod, new ContainerReader(defaults, files, volumes, ports));
        PodFile file =
                new PodFile(
                        name,
                        pod.text("hostname", Names::hostname),
                        labels,
                        volumes.made(),
                        machine(pod),
                        ports.all(),
                        NetworkReader.dns(pod),
                        NetworkReader.services(pod),
                        parts);
        pod.end();
        return file;
    }

    private static List<PodFile.Part> containers(Section pod, ContainerReader reader) {
        List<Section> sections = pod.sections("containers");
        if (sections.size() > MOST_CONTAINERS) {
            pod.problem("containers", "a pod file has " + MOST_CONTAINERS + " at the most");
            return List.of();
        }
        List<PodFile.Part> parts = new ArrayList<>();
        for (int i = 0; i < sections.size(); i++) {
            parts.add(reader.read(sections.get(i), i));
        }
        return parts;
    }

    /** What is 0 or missing comes from the daemon's configuration. */
    private static MachineSpec machine(Section pod) {
        Optional<Section> resource = pod.section("resource");
        Optional<Double> cpus =
                resource.flatMap(r -> r.number("vcpu", 0, MOST_CPUS))
                        .filter(n -> n > 0)
                        .map(Long::doubleValue);
        Optional<Long> memory =
                resource.flatMap(r -> r.word("memory", Words::memory)).filter(n -> n > 0);
        resource.ifPresent(Section::end);
        return new MachineSpec(
                Optional.empty(),
                Optional.empty(),
                NetworkReader.network(pod),
                memory,
                cpus,
                Optional.empty(),
                false);
    }

    /** hyperd's kind of name. */
    private static String madeUp() {
        SecureRandom random = new SecureRandom();
        StringBuilder name = new StringBuilder("pod-");
        for (int i = 0; i < LETTERS; i++) {
            name.append((char) ('a' + random.nextInt(26)));
        }
        return name.toString();
    }
}
