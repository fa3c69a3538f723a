// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.runtime.spec.Environment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** An image's configuration while instructions change it. */
final class Draft {
    private final ImageConfig origin;
    private final Environment env;
    private final Set<String> exposedPorts;
    private final Set<String> volumes;
    private final Map<String, String> labels;
    private List<String> entrypoint;
    private List<String> command;
    private boolean commandGiven;
    private String user;
    private String workdir;
    private String stopSignal;
    private Optional<ImageConfig.Healthcheck> healthcheck;

    Draft(ImageConfig origin) {
        this.origin = origin;
        env = new Environment().with(origin.env());
        exposedPorts = new TreeSet<>(origin.exposedPorts());
        volumes = new TreeSet<>(origin.volumes());
        labels = new HashMap<>(origin.labels());
        entrypoint = origin.entrypoint();
        command = origin.command();
        user = origin.user();
        workdir = origin.workdir();
        stopSignal = origin.stopSignal();
        healthcheck = origin.healthcheck();
    }

    ImageConfig finish() {
        return new ImageConfig(
                origin.architecture(),
                origin.os(),
                entrypoint,
                command,
                env.list(),
                user,
                workdir,
                List.copyOf(exposedPorts),
                List.copyOf(volumes),
                labels,
                stopSignal,
                healthcheck);
    }

    Environment env() {
        return env;
    }

    Map<String, String> labels() {
        return labels;
    }

    Set<String> exposedPorts() {
        return exposedPorts;
    }

    Set<String> volumes() {
        return volumes;
    }

    String workdir() {
        return workdir;
    }

    void command(List<String> words) {
        command = words;
        commandGiven = true;
    }

    /** A command that was meant for another entrypoint means nothing to this one. */
    void entrypoint(List<String> words) {
        entrypoint = words;
        if (!commandGiven) {
            command = List.of();
        }
    }

    void user(String name) {
        user = name;
    }

    void workdir(String path) {
        workdir = path;
    }

    void stopSignal(String signal) {
        stopSignal = signal;
    }

    void healthcheck(Optional<ImageConfig.Healthcheck> check) {
        healthcheck = check;
    }
}
