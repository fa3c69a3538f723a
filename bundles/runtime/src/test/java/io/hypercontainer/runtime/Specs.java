// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Specifications that say only what a test is about. */
final class Specs {
    private final List<String> command;
    private Optional<String> name = Optional.empty();
    private boolean stdin;
    private boolean autoRemove;
    private RestartPolicy restart = RestartPolicy.NO;
    private HealthOptions health = HealthOptions.OF_IMAGE;
    private final List<MountSpec> mounts = new ArrayList<>();
    private final List<PortMapping> ports = new ArrayList<>();

    private Specs(List<String> command) {
        this.command = command;
    }

    static Specs sh(String script) {
        return new Specs(List.of("sh", "-c", script));
    }

    static Specs command(String... words) {
        return new Specs(List.of(words));
    }

    static ExecSpec exec(String... words) {
        return new ExecSpec(
                List.of(words),
                List.of("EXEC=yes"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                false);
    }

    Specs name(String value) {
        name = Optional.of(value);
        return this;
    }

    Specs stdin() {
        stdin = true;
        return this;
    }

    Specs autoRemove() {
        autoRemove = true;
        return this;
    }

    Specs restart(RestartPolicy.Kind kind, int retries) {
        restart = new RestartPolicy(kind, retries);
        return this;
    }

    Specs restart(RestartPolicy.Kind kind) {
        return restart(kind, 0);
    }

    /** A check every 30 seconds, that may take 5. */
    Specs health(String script, int retries) {
        health =
                new HealthOptions(
                        false,
                        Optional.of(List.of("sh", "-c", script)),
                        Optional.of(Duration.ofSeconds(30)),
                        Optional.of(Duration.ofSeconds(5)),
                        Optional.empty(),
                        Optional.of(retries));
        return this;
    }

    Specs volume(String volume, boolean readOnly) {
        mounts.add(new MountSpec.Volume(Optional.of(volume), "/v/" + volume, readOnly));
        return this;
    }

    Specs port(int hostPort) {
        ports.add(new PortMapping("tcp", "0.0.0.0", hostPort, 80));
        return this;
    }

    ContainerSpec build() {
        var spec =
                ContainerSpec.of("host")
                        .command(command)
                        .mounts(mounts)
                        .ports(ports)
                        .stdin(stdin)
                        .autoRemove(autoRemove)
                        .restart(restart)
                        .health(health);
        name.ifPresent(spec::name);
        return spec.build();
    }
}
