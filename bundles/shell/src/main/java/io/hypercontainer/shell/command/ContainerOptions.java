// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.EnvOption;
import io.hypercontainer.shell.command.option.LabelOption;
import io.hypercontainer.shell.command.option.MountOption;
import io.hypercontainer.shell.command.option.PortOption;
import io.hypercontainer.shell.command.option.TmpfsOption;
import io.hypercontainer.shell.command.option.VolumeOption;
import io.hypercontainer.shell.podfile.InvalidPodFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code create} have in common. */
final class ContainerOptions {
    @Option(
            names = {"-i", "--interactive"},
            description = "Keep standard input open even if not attached")
    boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Allocate a pseudo-TTY")
    boolean tty;

    @Option(names = "--rm", description = "Remove the container when it exits")
    boolean autoRemove;

    @Option(names = "--name", paramLabel = "NAME", description = "Assign a name to the container")
    Optional<String> name = Optional.empty();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "Set environment variables; without a value, the client's")
    List<String> env = new ArrayList<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Read in a file of environment variables")
    List<String> envFiles = new ArrayList<>();

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "FOLDER",
            description = "Working directory inside the container")
    Optional<String> workdir = Optional.empty();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER:GROUP",
            description = "User name or number, group name or number")
    Optional<String> user = Optional.empty();

    @Option(
            names = "--entrypoint",
            paramLabel = "PROGRAM",
            description = "Overwrite the entrypoint of the image")
    Optional<String> entrypoint = Optional.empty();

    @Option(
            names = {"-v", "--volume"},
            paramLabel = "SOURCE:TARGET",
            description =
                    "Mount a volume, or a folder of the host if SOURCE is a path; :ro for read-only")
    List<String> volumes = new ArrayList<>();

    @Option(
            names = "--mount",
            paramLabel = "OPTIONS",
            description = "Mount a volume, bind or tmpfs: type=volume,source=data,target=/data")
    List<String> mounts = new ArrayList<>();

    @Option(
            names = "--tmpfs",
            paramLabel = "TARGET",
            description = "Mount a file system in memory, TARGET:size=64m limits it")
    List<String> tmpfs = new ArrayList<>();

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "HOST:PORT",
            description = "Publish a port or a range of ports: [[IP:]HOST:]PORT[/udp]")
    List<String> publish = new ArrayList<>();

    @Option(
            names = {"-P", "--publish-all"},
            description = "Publish all exposed ports to free ports of the host")
    boolean publishAll;

    @Option(
            names = {"-h", "--hostname"},
            paramLabel = "NAME",
            description = "Container host name")
    Optional<String> hostname = Optional.empty();

    @Option(names = "--read-only", description = "Mount the root file system read-only")
    boolean readOnly;

    @Option(
            names = {"-l", "--label"},
            paramLabel = "NAME=VALUE",
            description = "Set meta data on the container")
    List<String> labels = new ArrayList<>();

    @Option(names = "--label-file", paramLabel = "FILE", description = "Read in a file of labels")
    List<String> labelFiles = new ArrayList<>();

    @Option(
            names = "--privileged",
            description = "Give all capabilities to the container, within its virtual machine")
    boolean privileged;

    @Option(
            names = "--stop-signal",
            paramLabel = "SIGNAL",
            description = "Signal that asks the container to stop")
    Optional<String> stopSignal = Optional.empty();

    @Option(
            names = "--stop-timeout",
            paramLabel = "SECONDS",
            description = "Time to stop before the container is killed")
    Optional<Integer> stopTimeout = Optional.empty();

    @Option(
            names = "--pod",
            paramLabel = Candidates.POD,
            description = "Add the container to a pod; --memory and --cpus are its limits then")
    Optional<String> pod = Optional.empty();

    @Mixin PullOptions pull = new PullOptions();
    @Mixin MachineOptions machine = new MachineOptions();
    @Mixin SupervisionOptions supervision = new SupervisionOptions();
    @Mixin ProcessOptions process = new ProcessOptions();
    @Mixin LogDriverOptions log = new LogDriverOptions();

    @Mixin PodFileOptions podFile = new PodFileOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = Candidates.IMAGE,
            description = "Image to run")
    String image = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "Program and arguments instead of the image's")
    List<String> command = new ArrayList<>();

    /** Makes the container, after its image is there. */
    Container create(Session session, Runtime runtime, Images images) {
        if (image.isEmpty()) {
            throw new InvalidSpec("there is no image to run: give one, or --podfile FILE");
        }
        ImageFetcher.Policy policy = pull.policy();
        ContainerSpec spec = spec(session);
        new ImageFetcher(runtime, images).fetch(session, image, policy, pull.quiet);
        HostFolders.make(
                volumes.stream()
                        .map(v -> VolumeOption.parse(v, session.workingDirectory()))
                        .toList());
        return runtime.containers().create(spec);
    }

    /** Makes the pod of the pod file. */
    Pod createPod(Session session, Runtime runtime, Images images)
            throws InvalidPodFile, IOException {
        ContainerSpecBuilder nothing = ContainerSpec.of("").autoRemove(autoRemove);
        name.ifPresent(nothing::name);
        if (!image.isEmpty() || !spec(session).equals(nothing.build())) {
            throw new InvalidSpec(
                    "with --podfile the file says it all: only --name, --rm, --attach, --detach,"
                            + " --pull and --quiet go with it");
        }
        return new PodMaker(session, runtime, images)
                .make(podFile, name, pull, UnaryOperator.identity());
    }

    private ContainerSpec spec(Session session) {
        PodMembership membership = new PodMembership(pod, machine);
        membership.refuse("--publish", !publish.isEmpty());
        membership.refuse("--publish-all", publishAll);
        membership.refuse("--hostname", hostname.isPresent());
        ContainerSpecBuilder spec =
                ContainerSpec.of(image)
                        .env(EnvOption.parse(session, envFiles, env))
                        .labels(LabelOption.parse(session, labelFiles, labels))
                        .mounts(mounts(session))
                        .ports(PortOption.parse(publish))
                        .publishAll(publishAll)
                        .terminal(tty)
                        .stdin(interactive)
                        .readOnly(readOnly)
                        .autoRemove(autoRemove)
                        .privileged(privileged)
                        .machine(membership.machine());
        process.put(spec);
        log.put(spec);
        pod.ifPresent(p -> spec.pod(p).limits(membership.share(process.pids)));
        supervision.apply(spec, autoRemove);
        name.ifPresent(spec::name);
        entrypoint
                .map(e -> e.isEmpty() ? List.<String>of() : List.of(e))
                .ifPresent(spec::entrypoint);
        if (!command.isEmpty()) {
            spec.command(command);
        }
        user.ifPresent(spec::user);
        workdir.ifPresent(spec::workdir);
        hostname.ifPresent(spec::hostname);
        stopSignal.ifPresent(spec::stopSignal);
        stopTimeout.map(ContainerOptions::seconds).ifPresent(spec::stopTimeout);
        return spec.build();
    }

    private List<MountSpec> mounts(Session session) {
        List<MountSpec> all = new ArrayList<>();
        volumes.forEach(v -> all.add(VolumeOption.parse(v, session.workingDirectory())));
        mounts.forEach(m -> all.add(MountOption.parse(m, session.workingDirectory())));
        tmpfs.forEach(t -> all.add(TmpfsOption.parse(t)));
        return all;
    }

    private static Duration seconds(int seconds) {
        if (seconds < 0) {
            throw new InvalidSpec("--stop-timeout " + seconds + " is below 0");
        }
        return Duration.ofSeconds(seconds);
    }

    /** Proposes values of the options above. */
    static List<String> complete(Runtime runtime, Images images, String argument, String prefix) {
        return switch (argument) {
            case Candidates.IMAGE -> Candidates.images(images, prefix);
            case Candidates.NETWORK -> Candidates.networks(runtime, prefix);
            case Candidates.HYPERVISOR -> Candidates.hypervisors(runtime, prefix);
            case Candidates.STORAGE -> Candidates.storages(runtime, prefix);
            case LogDriverOptions.DRIVER -> LogDriverOptions.drivers(prefix);
            case Candidates.POD -> Candidates.pods(runtime, prefix, Candidates::anyPod);
            case SupervisionOptions.POLICY ->
                    Candidates.fitting(
                            prefix,
                            Arrays.stream(RestartPolicy.Kind.values())
                                    .map(RestartPolicy.Kind::toString));
            default -> PullOptions.complete(argument, prefix);
        };
    }
}
