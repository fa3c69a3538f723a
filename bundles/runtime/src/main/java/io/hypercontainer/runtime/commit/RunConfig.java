// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import io.hypercontainer.runtime.spec.SpecResolver;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How a container is run, as the configuration of an image. */
public final class RunConfig {
    private static final int SHELL_WORDS = 3;

    private RunConfig() {}

    /**
     * @param container a container
     * @param hostname its pod's host name
     * @param image configuration of its image
     * @return configuration of an image that is run as the container is
     */
    public static ImageConfig of(ContainerRecord container, String hostname, ImageConfig image) {
        Resolved spec = container.spec();
        return new ImageConfig(
                image.architecture(),
                image.os(),
                spec.args().subList(0, spec.entrypointWords()),
                spec.args().subList(spec.entrypointWords(), spec.args().size()),
                env(spec, hostname, image),
                spec.user(),
                unlessUsual(spec.workdir(), "/", image.workdir()),
                spec.exposedPorts(),
                volumes(container, image),
                spec.labels(),
                unlessUsual(spec.stopSignal(), "SIGTERM", image.stopSignal()),
                container.supervision().healthCheck().map(RunConfig::check));
    }

    /** What the image leaves open, and nobody has decided otherwise, stays open. */
    private static String unlessUsual(String value, String usual, String image) {
        return image.isEmpty() && value.equals(usual) ? "" : value;
    }

    /** What each container gets anyway is no wish of this one. */
    private static List<String> env(Resolved spec, String hostname, ImageConfig image) {
        Set<String> given =
                new HashSet<>(
                        SpecResolver.given(hostname, true)
                                .filter(v -> !image.env().contains(v))
                                .toList());
        return spec.env().stream().filter(v -> !given.contains(v)).toList();
    }

    private static List<String> volumes(ContainerRecord container, ImageConfig image) {
        return Stream.concat(
                        image.volumes().stream(),
                        container
                                .volumes()
                                .filter(Mounted.InVolume::anonymous)
                                .map(Mounted.InVolume::target))
                .distinct()
                .sorted()
                .toList();
    }

    private static ImageConfig.Healthcheck check(HealthCheck check) {
        List<String> test = check.test();
        boolean shell = test.size() == SHELL_WORDS && test.subList(0, 2).equals(SpecResolver.SHELL);
        return new ImageConfig.Healthcheck(
                Stream.concat(
                                Stream.of(shell ? "CMD-SHELL" : "CMD"),
                                test.stream().skip(shell ? 2 : 0))
                        .toList(),
                check.interval().toNanos(),
                check.timeout().toNanos(),
                check.startPeriod().toNanos(),
                check.retries());
    }
}
