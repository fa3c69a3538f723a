// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.hypervisor.Acceleration;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts QEMU for a machine, up to the moment before the guest's first instruction. */
final class Starter {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MESSAGE_LINES = 5;

    private final String executable;
    private final int tcgCacheMib;
    private final Ledger ledger;
    private final HostResources resources;

    Starter(String executable, int tcgCacheMib, Ledger ledger, HostResources resources) {
        this.executable = executable;
        this.tcgCacheMib = tcgCacheMib;
        this.ledger = ledger;
        this.resources = resources;
    }

    /**
     * Starts a machine with stopped CPUs. If it fails nothing is left.
     *
     * @return the machine; {@link QemuMachine#begin} lets it run
     */
    QemuMachine start(Machine machine, Acceleration acceleration) {
        return start(machine, acceleration, null);
    }

    /**
     * Starts a machine with stopped CPUs, in the state that a template was saved in. If it fails
     * nothing is left.
     */
    QemuMachine clone(Machine machine, Acceleration acceleration, Template template) {
        return start(machine, acceleration, template);
    }

    private QemuMachine start(
            Machine machine, Acceleration acceleration, @Nullable Template template) {
        var spec = machine.spec();
        if (machine.memory() != Memory.TEMPLATE) {
            spec.disks().forEach(DiskFiles::check);
        }
        spec.shares().forEach(ShareServer::check);
        var state = ledger.claim(spec.id(), spec.directory(), s -> needs(machine, s));
        Process process = null;
        try {
            HostResources.openFolder(state);
            for (var disk : spec.disks()) {
                HostResources.takeDisk(state, disk);
            }
            for (var share : spec.shares()) {
                state = resources.takeShare(state, share);
            }
            process = spawn(machine, state, input(template));
            var identity = ProcessIdentity.of(process.pid());
            state = state.withProcess(identity.orElseThrow(() -> endedAtOnce(spec.id())));
            var output = QemuOutput.of(process, state.folder().qemuLog());
            var started =
                    new QemuMachine(state, acceleration, ledger, resources, process, output)
                            .attach(monitor(process, output, state));
            if (template != null) {
                new Migration(started.monitor(), state).load(template.devices());
            }
            HostResources.closeFolder(state);
            return started;
        } catch (IOException e) {
            abandon(state, process);
            throw new DriverFailure("cannot start machine " + spec.id() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            abandon(state, process);
            throw e;
        }
    }

    private static MachineState needs(Machine machine, MachineState claimed) {
        var state = claimed.withPorts(machine.portCount());
        for (var disk : machine.spec().disks()) {
            var port = machine.port(Devices.diskId(disk.id()));
            state = state.with(MachineState.DiskState.of(disk, port));
        }
        for (var nic : machine.spec().nics()) {
            state =
                    state.with(
                            MachineState.NicState.of(nic, machine.port(Devices.nicId(nic.id()))));
        }
        for (var share : machine.spec().shares()) {
            var port = machine.port(Devices.shareId(share.tag()));
            state = state.with(new MachineState.ShareState(share.tag(), port, null));
        }
        return state;
    }

    private static File input(@Nullable Template template) throws IOException {
        return template == null ? new File("/dev/null") : template.memory().path().toFile();
    }

    private Process spawn(Machine machine, MachineState state, File input) throws IOException {
        var command = new ArrayList<>(Confinement.prefix(state.uid(), machine.accelerator()));
        command.add(executable);
        command.addAll(CommandLine.of(machine, state.folder(), tcgCacheMib));
        var builder =
                new ProcessBuilder(command)
                        .directory(state.folder().path().toFile())
                        .redirectInput(input)
                        .redirectErrorStream(true);
        builder.environment().clear();
        return builder.start();
    }

    private static Qmp.Connector monitor(Process process, QemuOutput output, MachineState state) {
        return listener -> {
            var end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                if (!process.isAlive()) {
                    throw failed(state.id(), process, output.lastLines(MESSAGE_LINES));
                }
                try {
                    if (Files.exists(state.folder().qmp())) {
                        return Qmp.connect(state.folder().qmp(), listener);
                    }
                } catch (IOException _) {
                    // The socket has been made, but nobody listens yet.
                }
                pause(state.id());
            }
            throw new DriverFailure(
                    "qemu for machine %s does not answer after %d s"
                            .formatted(state.id(), PATIENCE.toSeconds()));
        };
    }

    private static void pause(String id) {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new Interrupted("start machine " + id, e);
        }
    }

    private static DriverFailure endedAtOnce(String id) {
        return new DriverFailure("qemu for machine " + id + " ended at once");
    }

    private static RuntimeException failed(String id, Process process, List<String> said) {
        var message = String.join("; ", said);
        return message.contains(HostForwarding.REFUSED)
                ? HostForwarding.refused("machine " + id + ": " + message)
                : new DriverFailure(
                        "qemu for machine %s ended at once with status %d: %s"
                                .formatted(id, process.exitValue(), message));
    }

    private void abandon(MachineState state, @Nullable Process process) {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
        HostResources.release(state);
        ledger.forget(state.id());
    }
}
