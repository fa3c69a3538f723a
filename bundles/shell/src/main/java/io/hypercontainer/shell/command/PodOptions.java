// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.LabelOption;
import io.hypercontainer.shell.command.option.PortOption;
import io.hypercontainer.shell.podfile.Addresses;
import io.hypercontainer.shell.podfile.InvalidPodFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code pod create} and {@code pod run} have in common. Options win over the file. */
final class PodOptions {
    @Mixin PodFileOptions file = new PodFileOptions();
    @Mixin PullOptions pull = new PullOptions();

    @Option(names = "--name", paramLabel = "NAME", description = "Assign a name to the pod")
    Optional<String> name = Optional.empty();

    @Option(
            names = {"-h", "--hostname"},
            paramLabel = "NAME",
            description = "Host name of its containers (default: the pod's name)")
    Optional<String> hostname = Optional.empty();

    @Option(
            names = {"-l", "--label"},
            paramLabel = "NAME=VALUE",
            description = "Set meta data on the pod")
    List<String> labels = new ArrayList<>();

    @Option(names = "--label-file", paramLabel = "FILE", description = "Read in a file of labels")
    List<String> labelFiles = new ArrayList<>();

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "HOST:PORT",
            description = "Publish a port or a range of ports: [[IP:]HOST:]PORT[/udp]")
    List<String> publish = new ArrayList<>();

    @Option(names = "--dns", paramLabel = "ADDRESS", description = "Name server of the pod")
    List<String> dnsServers = new ArrayList<>();

    @Option(
            names = "--dns-search",
            paramLabel = "DOMAIN",
            description = "Domain to look for host names in")
    List<String> dnsSearch = new ArrayList<>();

    @Option(
            names = {"--dns-option", "--dns-opt"},
            paramLabel = "OPTION",
            description = "Option of resolv.conf, as in ndots:2")
    List<String> dnsOptions = new ArrayList<>();

    @Mixin MachineOptions machine = new MachineOptions();

    /** Makes the pod, after the images of its containers are there. */
    Pod create(Session session, Runtime runtime, Images images) throws InvalidPodFile, IOException {
        PodSpec ours = spec(session);
        if (file.path.isEmpty()) {
            return runtime.pods().create(ours);
        }
        return new PodMaker(session, runtime, images)
                .make(file, name, pull, theirs -> over(theirs, ours));
    }

    private PodSpec spec(Session session) {
        dnsServers.forEach(Addresses::ip);
        return new PodSpec(
                name,
                hostname,
                LabelOption.parse(session, labelFiles, labels),
                machine.spec(),
                PortOption.parse(publish),
                new Dns(dnsServers, dnsSearch, dnsOptions),
                List.of(),
                List.of());
    }

    private PodSpec over(PodSpec theirs, PodSpec ours) {
        Map<String, String> allLabels = new HashMap<>(theirs.labels());
        allLabels.putAll(ours.labels());
        List<PortMapping> ports = new ArrayList<>(theirs.ports());
        ports.addAll(ours.ports());
        return new PodSpec(
                theirs.name(),
                ours.hostname().or(theirs::hostname),
                allLabels,
                machine.over(theirs.machine()),
                ports,
                new Dns(
                        or(dnsServers, theirs.dns().servers()),
                        or(dnsSearch, theirs.dns().search()),
                        or(dnsOptions, theirs.dns().options())),
                theirs.services(),
                theirs.containers());
    }

    private static List<String> or(List<String> ours, List<String> theirs) {
        return ours.isEmpty() ? theirs : ours;
    }

    static List<String> complete(Runtime runtime, String argument, String prefix) {
        return switch (argument) {
            case Candidates.NETWORK -> Candidates.networks(runtime, prefix);
            case Candidates.HYPERVISOR -> Candidates.hypervisors(runtime, prefix);
            case Candidates.STORAGE -> Candidates.storages(runtime, prefix);
            default -> PullOptions.complete(argument, prefix);
        };
    }
}
