// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Containers and images to look at. */
public record Samples(Container container) {
    /** When they were made. */
    public static final Instant THEN = Instant.parse("2026-11-24T08:00:00Z");

    /** One that has never run. */
    public static Samples created(String name) {
        return of(name, new ContainerState.Created());
    }

    /** One that runs. */
    public static Samples running(String name) {
        return of(name, new ContainerState.Running(THEN));
    }

    /** One that has ended. */
    public static Samples exited(String name, int code) {
        return of(
                name,
                new ContainerState.Exited(
                        THEN, new ExitStatus(code, 0, false, THEN.plusSeconds(60)), ""));
    }

    /** Another image. */
    public Samples image(String image) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        image,
                        c.imageId(),
                        c.created(),
                        c.state(),
                        c.args(),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        c.ports(),
                        c.exposedPorts(),
                        c.terminal(),
                        c.stdin(),
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        c.pod(),
                        c.restart(),
                        c.restarts(),
                        c.healthCheck(),
                        c.health(),
                        c.limits(),
                        c.log()));
    }

    /** Standard input, with or without a terminal. */
    public Samples input(boolean stdin, boolean terminal) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        c.image(),
                        c.imageId(),
                        c.created(),
                        c.state(),
                        c.args(),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        c.ports(),
                        c.exposedPorts(),
                        terminal,
                        stdin,
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        c.pod(),
                        c.restart(),
                        c.restarts(),
                        c.healthCheck(),
                        c.health(),
                        c.limits(),
                        c.log()));
    }

    /** Another program. */
    public Samples args(String... args) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        c.image(),
                        c.imageId(),
                        c.created(),
                        c.state(),
                        List.of(args),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        c.ports(),
                        c.exposedPorts(),
                        c.terminal(),
                        c.stdin(),
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        c.pod(),
                        c.restart(),
                        c.restarts(),
                        c.healthCheck(),
                        c.health(),
                        c.limits(),
                        c.log()));
    }

    /** Published ports. */
    public Samples ports(PortMapping... ports) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        c.image(),
                        c.imageId(),
                        c.created(),
                        c.state(),
                        c.args(),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        List.of(ports),
                        c.exposedPorts(),
                        c.terminal(),
                        c.stdin(),
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        c.pod(),
                        c.restart(),
                        c.restarts(),
                        c.healthCheck(),
                        c.health(),
                        c.limits(),
                        c.log()));
    }

    /** One that will be started again. */
    public static Samples restarting(String name, int code) {
        return of(
                name,
                new ContainerState.Restarting(
                        THEN, new ExitStatus(code, 0, false, THEN.plusSeconds(60))));
    }

    /** One that is supervised. */
    public Samples supervised(
            RestartPolicy restart, int restarts, HealthCheck check, Health health) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        c.image(),
                        c.imageId(),
                        c.created(),
                        c.state(),
                        c.args(),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        c.ports(),
                        c.exposedPorts(),
                        c.terminal(),
                        c.stdin(),
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        c.pod(),
                        restart,
                        restarts,
                        Optional.of(check),
                        Optional.of(health),
                        c.limits(),
                        c.log()));
    }

    /** In a pod of this name. */
    public Samples pod(String name) {
        Container c = container;
        return new Samples(
                new Container(
                        c.id(),
                        c.name(),
                        c.image(),
                        c.imageId(),
                        c.created(),
                        c.state(),
                        c.args(),
                        c.env(),
                        c.user(),
                        c.workdir(),
                        c.hostname(),
                        c.labels(),
                        c.mounts(),
                        c.ports(),
                        c.exposedPorts(),
                        c.terminal(),
                        c.stdin(),
                        c.readOnly(),
                        c.autoRemove(),
                        c.privileged(),
                        c.stopSignal(),
                        c.stopTimeout(),
                        c.machine(),
                        id("pod " + name),
                        c.restart(),
                        c.restarts(),
                        c.healthCheck(),
                        c.health(),
                        c.limits(),
                        c.log()));
    }

    private static Samples of(String name, ContainerState state) {
        return new Samples(
                new Container(
                        id(name),
                        name,
                        "busybox",
                        "sha256:" + id("busybox"),
                        THEN,
                        state,
                        List.of("sh", "-c", "while :; do sleep 1; done"),
                        List.of("PATH=/bin"),
                        "",
                        "/",
                        "host",
                        Map.of("team", "a", "com.example.tier", name),
                        List.of(
                                new Container.Mount("volume", "data", "", "/data", true, false),
                                new Container.Mount("bind", "", "/srv", "/srv", false, false),
                                new Container.Mount("tmpfs", "", "", "/run", false, false)),
                        List.of(),
                        List.of("80/tcp"),
                        false,
                        false,
                        false,
                        false,
                        false,
                        "TERM",
                        Duration.ofSeconds(10),
                        new Container.Machine(
                                "qemu",
                                "overlay",
                                "user",
                                Optional.of("10.0.2.15"),
                                128 << 20,
                                1.5,
                                Optional.of("hardware")),
                        id("pod " + name),
                        RestartPolicy.NO,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Limits.NONE,
                        LogSpec.DEFAULT));
    }

    /** 64 hex digits that depend on a name. */
    public static String id(String name) {
        return String.format("%08x", name.hashCode()).repeat(8);
    }

    /** An image. */
    public static Image image(List<String> references, List<String> digests) {
        return new Image(
                "sha256:" + id(references.toString()),
                references,
                digests,
                THEN,
                4_270_000,
                List.of("sha256:" + id("layer")),
                new ImageConfig(
                        "amd64",
                        "linux",
                        List.of(),
                        List.of("sh"),
                        List.of("PATH=/bin"),
                        "1234",
                        "/srv",
                        List.of("80/tcp"),
                        List.of("/data"),
                        Map.of("team", "a"),
                        "USR1",
                        Optional.empty()));
    }
}
