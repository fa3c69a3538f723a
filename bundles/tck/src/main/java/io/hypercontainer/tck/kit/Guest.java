// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A machine and the connection to its guest, which runs one container for all that is tried. */
public final class Guest implements AutoCloseable {
    /** Name of the container. */
    public static final String BOX = "box";

    private static final List<String> ENV = List.of("PATH=/bin:/sbin:/usr/bin:/usr/sbin");

    private final Kit kit;
    private final AtomicInteger last = new AtomicInteger();
    private final Optional<GuestRoot> box;
    private VirtualMachine machine;
    private GuestAgent agent;

    private Guest(Kit kit, VirtualMachine machine, GuestAgent agent, Optional<GuestRoot> box) {
        this.kit = kit;
        this.machine = machine;
        this.agent = agent;
        this.box = box;
    }

    static Guest boot(
            Kit kit, VirtualMachine machine, List<GuestNetwork> networks, Optional<GuestRoot> box) {
        try {
            var agent = kit.daemon().agents().connect(machine.record().agent(), Await.LONG);
            agent.setUp(
                    new GuestSetup(
                            "guest",
                            List.of(),
                            List.of(),
                            List.of(),
                            Map.of(),
                            Instant.now(),
                            new byte[64]));
            networks.forEach(agent::configure);
            var guest = new Guest(kit, machine, agent, box);
            kit.opened(guest);
            box.ifPresent(root -> guest.create(BOX, root));
            return guest;
        } catch (HyperException e) {
            var said = console(machine);
            kit.end(machine);
            throw new AssertionError("the guest does not come up: " + e.getMessage() + said, e);
        }
    }

    private static String console(VirtualMachine machine) {
        try {
            return "; its console: " + String.join(" | ", machine.consoleTail(10));
        } catch (HyperException e) {
            return "; its console: " + e.getMessage();
        }
    }

    /** {@return the machine} */
    public VirtualMachine machine() {
        return machine;
    }

    /** {@return the connection} */
    public GuestAgent agent() {
        return agent;
    }

    /** {@return the root file system of the box, which other containers can have too} */
    public GuestRoot box() {
        return box.orElseThrow();
    }

    /** Makes a container whose first process sleeps. */
    public void create(String container, GuestRoot root, GuestMount... mounts) {
        agent.createContainer(
                new GuestContainer(
                        container,
                        root,
                        false,
                        List.of(mounts),
                        GuestContainer.Limits.NONE,
                        Map.of()));
        var first =
                new ProcessSpec(
                        GuestProcess.INIT,
                        List.of("/bin/sleep", "1000000"),
                        ENV,
                        "/",
                        "",
                        Optional.empty(),
                        false,
                        true,
                        List.of(),
                        List.of());
        try {
            agent.start(container, first);
        } catch (CannotExecute e) {
            throw new DriverFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** Starts a program in the box, with all rights there are in a guest. */
    public GuestProcess start(Optional<TerminalSize> terminal, String... command)
            throws CannotExecute {
        return start(BOX, terminal, command);
    }

    private GuestProcess start(String container, Optional<TerminalSize> terminal, String... command)
            throws CannotExecute {
        return agent.start(
                container,
                new ProcessSpec(
                        "p" + last.incrementAndGet(),
                        List.of(command),
                        ENV,
                        "/",
                        "",
                        terminal,
                        true,
                        true,
                        List.of(),
                        List.of()));
    }

    /** Starts a script. */
    public GuestProcess start(String script) {
        try {
            return start(Optional.empty(), "sh", "-c", script);
        } catch (CannotExecute e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Runs a script in the box. */
    public Result run(String script) {
        return runIn(BOX, script);
    }

    /** Runs a script in a container. */
    public Result runIn(String container, String script) {
        try {
            var process = start(container, Optional.empty(), "sh", "-c", script);
            process.stdin().close();
            var out = text(process.stdout().readAllBytes());
            var err = text(process.stderr().readAllBytes());
            var result = new Result(exit(process), out, err);
            process.acknowledge();
            return result;
        } catch (CannotExecute e) {
            throw new AssertionError(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** {@return how a process ended} */
    public static int exit(GuestProcess process) {
        return process.waitFor(Await.LONG)
                .orElseThrow(() -> new AssertionError("a program in the guest does not end"))
                .exitCode();
    }

    /** Lets the connection go. */
    public void disconnect() {
        agent.close();
    }

    /** Connects again. */
    public void reconnect() {
        agent.close();
        agent = kit.daemon().agents().reconnect(machine.record().agent(), Await.LONG);
    }

    /** Asks the driver, which may be another one by now, for the machine. */
    public void adopt() {
        var record = machine.record();
        machine =
                kit.hypervisor()
                        .adopt(record)
                        .orElseThrow(() ->
                                new AssertionError(
                                        "machine "
                                                + record.id()
                                                + " runs and is not adopted: adopt answers with"
                                                + " empty"));
    }

    /** Takes what the driver says for the machine from now on. */
    public void is(VirtualMachine adopted) {
        machine = adopted;
    }

    /** Switches the guest off. */
    public void powerOff() {
        agent.powerOff(Duration.ZERO);
    }

    @Override
    public void close() {
        agent.close();
        kit.closed(this);
        kit.end(machine);
    }
}
