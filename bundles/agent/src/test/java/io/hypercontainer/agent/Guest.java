// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.Ulimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A machine and the connection to its agent, with short ways to do what most tests do. */
final class Guest implements AutoCloseable {
    static final Duration LONG = Duration.ofMinutes(2);

    private final GuestMachine machine;
    private GuestAgent agent;
    private int lastProcess;

    private Guest(GuestMachine machine, GuestAgent agent) {
        this.machine = machine;
        this.agent = agent;
    }

    static Guest start(Path directory, List<String> more) throws IOException, InterruptedException {
        GuestMachine machine = GuestMachine.start(directory, more);
        try {
            GuestAgent agent = new AgentConnector().connect(machine.channel(), LONG);
            agent.setUp(setup("pod", Map.of()));
            return new Guest(machine, agent);
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    static GuestSetup setup(String hostname, Map<String, List<String>> hosts) {
        return new GuestSetup(
                hostname, List.of(), List.of(), List.of(), hosts, Instant.now(), new byte[64]);
    }

    GuestAgent agent() {
        return agent;
    }

    GuestMachine machine() {
        return machine;
    }

    void reconnect() {
        agent.close();
        agent = new AgentConnector().reconnect(machine.channel(), LONG);
    }

    /** The test image, its changes in memory. */
    GuestRoot root() {
        return root(Optional.empty());
    }

    GuestRoot root(Optional<String> writable) {
        return new GuestRoot.Layers(
                List.of(new GuestRoot.Layer("root", 0, machine.rootLength(), "erofs")),
                writable,
                "ext4");
    }

    void create(String id, GuestMount... mounts) {
        create(id, root(), mounts);
    }

    void create(String id, GuestRoot root, GuestMount... mounts) {
        agent.createContainer(
                new GuestContainer(
                        id, root, false, List.of(mounts), GuestContainer.Limits.NONE, Map.of()));
    }

    static ProcessSpec spec(String id, String... args) {
        return spec(id, "", List.of(), List.of(), args);
    }

    static ProcessSpec spec(
            String id, String user, List<String> groups, List<Ulimit> ulimits, String... args) {
        return new ProcessSpec(
                id,
                List.of(args),
                List.of("PATH=/bin"),
                "/",
                user,
                Optional.empty(),
                true,
                false,
                groups,
                ulimits);
    }

    /** Starts a container's first process, which does nothing until it is killed. */
    GuestProcess sleep(String container) throws CannotExecute {
        return agent.start(container, spec("init", "sleep", "100000"));
    }

    /** Runs a command of the shell in a running container; returns what it prints. */
    String run(String container, String command) throws Exception {
        return run(container, spec("x" + ++lastProcess, "sh", "-c", command));
    }

    String run(String container, ProcessSpec spec) throws Exception {
        GuestProcess process = agent.start(container, spec);
        process.stdin().close();
        String out = new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.stderr().readAllBytes(), StandardCharsets.UTF_8);
        ExitStatus status = process.waitFor(LONG).orElseThrow();
        process.acknowledge();
        if (status.exitCode() != 0) {
            throw new AssertionError(spec.args() + " ended with " + status + ": " + out + err);
        }
        return out;
    }

    @Override
    public void close() {
        agent.close();
        machine.close();
    }
}
