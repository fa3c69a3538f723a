// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.network.PortMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds a {@link ContainerSpec}; what is not set stays empty. For one thread. */
public final class ContainerSpecBuilder {
    private final String image;
    private Optional<String> name = Optional.empty();
    private Optional<List<String>> entrypoint = Optional.empty();
    private Optional<List<String>> command = Optional.empty();
    private List<String> env = List.of();
    private Optional<String> user = Optional.empty();
    private Optional<String> workdir = Optional.empty();
    private Optional<String> hostname = Optional.empty();
    private Map<String, String> labels = Map.of();
    private List<MountSpec> mounts = List.of();
    private List<PortMapping> ports = List.of();
    private boolean publishAll;
    private boolean terminal;
    private boolean stdin;
    private boolean readOnly;
    private boolean autoRemove;
    private boolean privileged;
    private Optional<String> stopSignal = Optional.empty();
    private Optional<Duration> stopTimeout = Optional.empty();
    private MachineSpec machine = MachineSpec.DEFAULT;
    private Optional<String> pod = Optional.empty();
    private RestartPolicy restart = RestartPolicy.NO;
    private HealthOptions health = HealthOptions.OF_IMAGE;
    private Limits limits = Limits.NONE;
    private LogSpec log = LogSpec.DEFAULT;
    private List<FileSpec> files = List.of();
    private List<String> groups = List.of();
    private Map<String, String> sysctls = Map.of();
    private List<Ulimit> ulimits = List.of();

    ContainerSpecBuilder(String image) {
        this.image = image;
    }

    /**
     * Sets {@link ContainerSpec#name}.
     *
     * @param value the container's name; empty for a made-up one
     * @return this
     */
    public ContainerSpecBuilder name(String value) {
        this.name = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#entrypoint}.
     *
     * @param value replaces the image's entrypoint (and drops its command)
     * @return this
     */
    public ContainerSpecBuilder entrypoint(List<String> value) {
        this.entrypoint = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#command}.
     *
     * @param value replaces the image's command
     * @return this
     */
    public ContainerSpecBuilder command(List<String> value) {
        this.command = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#env}.
     *
     * @param value {@code NAME=value} each, over the image's
     * @return this
     */
    public ContainerSpecBuilder env(List<String> value) {
        this.env = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#user}.
     *
     * @param value {@code user[:group]}
     * @return this
     */
    public ContainerSpecBuilder user(String value) {
        this.user = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#workdir}.
     *
     * @param value working directory
     * @return this
     */
    public ContainerSpecBuilder workdir(String value) {
        this.workdir = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#hostname}.
     *
     * @param value host name; empty for the beginning of the id
     * @return this
     */
    public ContainerSpecBuilder hostname(String value) {
        this.hostname = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#labels}.
     *
     * @param value over the image's
     * @return this
     */
    public ContainerSpecBuilder labels(Map<String, String> value) {
        this.labels = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#mounts}.
     *
     * @param value what is mounted in it
     * @return this
     */
    public ContainerSpecBuilder mounts(List<MountSpec> value) {
        this.mounts = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#ports}.
     *
     * @param value what is published on the host
     * @return this
     */
    public ContainerSpecBuilder ports(List<PortMapping> value) {
        this.ports = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#publishAll}.
     *
     * @param value publish all ports that the image exposes, on free host ports
     * @return this
     */
    public ContainerSpecBuilder publishAll(boolean value) {
        this.publishAll = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#terminal}.
     *
     * @param value whether the process has a terminal
     * @return this
     */
    public ContainerSpecBuilder terminal(boolean value) {
        this.terminal = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#stdin}.
     *
     * @param value whether its standard input is kept open
     * @return this
     */
    public ContainerSpecBuilder stdin(boolean value) {
        this.stdin = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#readOnly}.
     *
     * @param value whether its root file system may only be read
     * @return this
     */
    public ContainerSpecBuilder readOnly(boolean value) {
        this.readOnly = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#autoRemove}.
     *
     * @param value delete it when it has ended
     * @return this
     */
    public ContainerSpecBuilder autoRemove(boolean value) {
        this.autoRemove = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#privileged}.
     *
     * @param value give the process all capabilities (within its virtual machine)
     * @return this
     */
    public ContainerSpecBuilder privileged(boolean value) {
        this.privileged = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#stopSignal}.
     *
     * @param value signal that asks it to stop
     * @return this
     */
    public ContainerSpecBuilder stopSignal(String value) {
        this.stopSignal = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#stopTimeout}.
     *
     * @param value time between that signal and KILL
     * @return this
     */
    public ContainerSpecBuilder stopTimeout(Duration value) {
        this.stopTimeout = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#machine}.
     *
     * @param value the virtual machine that it runs in
     * @return this
     */
    public ContainerSpecBuilder machine(MachineSpec value) {
        this.machine = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#pod}.
     *
     * @param value id or name of a pod that it is added to; {@code machine}, {@code ports} and
     *     {@code hostname} are the pod's then and must be empty. Empty for a pod of its own
     * @return this
     */
    public ContainerSpecBuilder pod(String value) {
        this.pod = Optional.of(value);
        return this;
    }

    /**
     * Sets {@link ContainerSpec#restart}.
     *
     * @param value what happens when its process has ended
     * @return this
     */
    public ContainerSpecBuilder restart(RestartPolicy value) {
        this.restart = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#health}.
     *
     * @param value how to see whether it is well
     * @return this
     */
    public ContainerSpecBuilder health(HealthOptions value) {
        this.health = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#limits}.
     *
     * @param value its share of its pod's machine
     * @return this
     */
    public ContainerSpecBuilder limits(Limits value) {
        this.limits = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#log}.
     *
     * @param value what becomes of what it prints
     * @return this
     */
    public ContainerSpecBuilder log(LogSpec value) {
        this.log = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#files}.
     *
     * @param value what is put into it before its first start
     * @return this
     */
    public ContainerSpecBuilder files(List<FileSpec> value) {
        this.files = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#groups}.
     *
     * @param value further groups of its process, names or numbers
     * @return this
     */
    public ContainerSpecBuilder groups(List<String> value) {
        this.groups = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#sysctls}.
     *
     * @param value kernel settings of its namespaces
     * @return this
     */
    public ContainerSpecBuilder sysctls(Map<String, String> value) {
        this.sysctls = value;
        return this;
    }

    /**
     * Sets {@link ContainerSpec#ulimits}.
     *
     * @param value limits of its processes
     * @return this
     */
    public ContainerSpecBuilder ulimits(List<Ulimit> value) {
        this.ulimits = value;
        return this;
    }

    /** {@return the specification} */
    public ContainerSpec build() {
        return new ContainerSpec(
                image,
                name,
                entrypoint,
                command,
                env,
                user,
                workdir,
                hostname,
                labels,
                mounts,
                ports,
                publishAll,
                terminal,
                stdin,
                readOnly,
                autoRemove,
                privileged,
                stopSignal,
                stopTimeout,
                machine,
                pod,
                restart,
                health,
                limits,
                log,
                files,
                groups,
                sysctls,
                ulimits);
    }
}
