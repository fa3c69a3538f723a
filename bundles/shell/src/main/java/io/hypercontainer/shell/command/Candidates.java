// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Names that can be proposed while an argument is typed. */
final class Candidates {
    static final String CONTAINER = "CONTAINER";
    static final String POD = "POD";
    static final String IMAGE = "IMAGE";
    static final String VOLUME = "VOLUME";
    static final String NETWORK = "NETWORK";
    static final String HYPERVISOR = "HYPERVISOR";
    static final String STORAGE = "STORAGE";
    static final String DRIVER = "DRIVER";

    private Candidates() {}

    static List<String> containers(
            Runtime runtime, String prefix, Predicate<ContainerState> state) {
        return fitting(
                prefix,
                runtime.containers().list().stream()
                        .filter(container -> state.test(container.state()))
                        .map(Container::name));
    }

    static List<String> pods(Runtime runtime, String prefix, Predicate<PodState> state) {
        return fitting(
                prefix,
                runtime.pods().list().stream()
                        .filter(pod -> state.test(pod.state()))
                        .map(Pod::name));
    }

    static boolean anyPod(PodState state) {
        return true;
    }

    static boolean activePod(PodState state) {
        return state instanceof PodState.Running || state instanceof PodState.Paused;
    }

    static boolean idlePod(PodState state) {
        return !activePod(state);
    }

    static boolean any(ContainerState state) {
        return true;
    }

    static boolean running(ContainerState state) {
        return ContainerListing.isUp(state);
    }

    static boolean paused(ContainerState state) {
        return state instanceof ContainerState.Paused;
    }

    static boolean stopped(ContainerState state) {
        return !running(state);
    }

    static List<String> images(Images images, String prefix) {
        return fitting(prefix, images.list().stream().flatMap(i -> i.references().stream()));
    }

    static List<String> volumes(Runtime runtime, String prefix) {
        return fitting(prefix, runtime.volumes().list().stream().map(v -> v.volume().name()));
    }

    static List<String> networks(Runtime runtime, String prefix) {
        return fitting(prefix, Stream.concat(Stream.of("none"), ofKind(runtime, "network")));
    }

    static List<String> hypervisors(Runtime runtime, String prefix) {
        return fitting(prefix, ofKind(runtime, "hypervisor"));
    }

    static List<String> storages(Runtime runtime, String prefix) {
        return fitting(prefix, ofKind(runtime, "storage"));
    }

    static List<String> drivers(Runtime runtime, String prefix) {
        return fitting(prefix, runtime.drivers().list().stream().map(DriverStatus::name));
    }

    static List<String> restartPolicies(String prefix) {
        return fitting(
                prefix, Stream.of(RestartPolicy.Kind.values()).map(RestartPolicy.Kind::toString));
    }

    static List<String> fitting(String prefix, Stream<String> values) {
        return values.filter(value -> value.startsWith(prefix)).sorted().distinct().toList();
    }

    private static Stream<String> ofKind(Runtime runtime, String kind) {
        return runtime.info().drivers().stream()
                .filter(driver -> driver.kind().equals(kind))
                .map(DriverInfo::name);
    }
}
