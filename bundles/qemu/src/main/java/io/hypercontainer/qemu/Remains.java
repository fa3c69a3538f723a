// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.driver.Holding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What machines have on the host, found by the ledger and without it: processes, mounts and files
 * whose names lead below the daemon's folder.
 */
final class Remains {
    private static final Logger LOG = LoggerFactory.getLogger(Remains.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GUEST = "guest=";
    private static final String SOCKET = "--socket-path=";
    private static final String PROCESS = "process";

    private final Path root;
    private final Ledger ledger;
    private final BootProbe probe;

    /** A process of a machine. */
    private record Found(ProcessIdentity process, String machine, String program) {}

    /**
     * @param root the daemon's folder, with all folders of machines below it
     */
    Remains(Path root, Ledger ledger, BootProbe probe) {
        this.root = root;
        this.ledger = ledger;
        this.probe = probe;
    }

    /** Finishes what an earlier daemon left: starts that nobody waits for, ends nobody saw. */
    void recover() {
        for (var state : ledger.all()) {
            try {
                if (!state.launched() || !runs(state) || state.id().equals(BootProbe.ID)) {
                    LOG.info("Clearing up after machine {}", state.id());
                    end(state);
                }
            } catch (RuntimeException e) {
                LOG.warn("Machine {} is not cleared up", state.id(), e);
            }
        }
        probe.clearUp();
    }

    static boolean runs(MachineState state) {
        var process = state.process();
        return process != null
                && process.alive()
                && process.arguments().contains(name(state))
                && process.worksIn(state.folder().path());
    }

    /** The argument that tells this machine's QEMU from other processes in the same folder. */
    private static String name(MachineState state) {
        return GUEST + state.processName();
    }

    void end(MachineState state) {
        // By folder, because a start that was cut off has noted no process yet.
        for (var process : ProcessIdentity.workingIn(state.folder().path())) {
            if (process.arguments().contains(name(state))) {
                kill(process);
            }
        }
        HostResources.release(state);
        ledger.forget(state.id());
    }

    private static void kill(ProcessIdentity process) {
        try {
            if (!process.kill(PATIENCE)) {
                throw new DriverFailure("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            throw new Interrupted("end process " + process.pid(), e);
        }
    }

    List<Holding> census() {
        var all = new ArrayList<Holding>();
        for (var found : processes()) {
            all.add(
                    new Holding.Owned(
                            PROCESS,
                            found.process().pid() + " (" + found.program() + ")",
                            found.machine()));
        }
        for (var mount : Mounts.below(root)) {
            all.add(new Holding.Owned("mount", mount.toString(), machineIn(mount)));
        }
        for (var file : ShareServer.pidFiles(root)) {
            all.add(new Holding.Owned("file", file.path().toString(), file.machine()));
        }
        for (var state : ledger.all()) {
            if (!Files.exists(ledger.file(state.id())) && !runs(state)) {
                // The driver before this one has ended it meanwhile.
                ledger.forget(state.id());
                continue;
            }
            all.add(new Holding.Owned("record", ledger.file(state.id()).toString(), state.id()));
        }
        // The probe of this driver's own is nobody else's business while it lasts.
        all.removeIf(h -> h instanceof Holding.Owned o && o.owner().equals(BootProbe.ID));
        for (var folder : probe.leftovers()) {
            all.add(new Holding.Left("file", folder.toString(), "left from a probe of KVM"));
        }
        for (var file : ledger.damaged()) {
            all.add(
                    new Holding.Wrong(
                            "record",
                            file.toString(),
                            "the record of a machine was damaged and is set aside: delete it when"
                                    + " you have looked at it"));
        }
        return all;
    }

    /** Removes all of a machine. */
    void dispose(String machine) {
        if (machine.equals(BootProbe.ID)) {
            return;
        }
        processes().stream()
                .filter(f -> f.machine().equals(machine))
                .forEach(f -> kill(f.process()));
        ledger.find(machine).ifPresent(this::end);
        for (var mount : Mounts.below(root)) {
            if (machineIn(mount).equals(machine)) {
                Host.run("/usr/bin/umount", mount.toString());
            }
        }
        for (var file : ShareServer.pidFiles(root)) {
            if (file.machine().equals(machine)) {
                delete(file.path());
            }
        }
    }

    void dispose(Holding.Left left) {
        if (census().contains(left)) {
            probe.delete(Path.of(left.subject()));
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    /** {@return QEMUs first, then the daemons of their shares} */
    private List<Found> processes() {
        var all =
                ProcessHandle.allProcesses()
                        .flatMap(p -> ProcessIdentity.of(p.pid()).stream())
                        .flatMap(p -> found(p).stream())
                        .toList();
        return Stream.concat(
                        all.stream().filter(f -> !f.program().startsWith("virtiofs")),
                        all.stream().filter(f -> f.program().startsWith("virtiofs")))
                .toList();
    }

    private Optional<Found> found(ProcessIdentity process) {
        var arguments = process.arguments();
        for (var argument : arguments) {
            if (argument.startsWith(GUEST) && process.worksBelow(root)) {
                var name = argument.substring(GUEST.length());
                return Optional.of(new Found(process, machineOf(name), program(process)));
            }
            if (argument.startsWith(SOCKET + root + "/")) {
                var socket = Path.of(argument.substring(SOCKET.length()));
                return Optional.of(new Found(process, machineIn(socket), program(process)));
            }
        }
        return Optional.empty();
    }

    private String machineOf(String processName) {
        return ledger.all().stream()
                .filter(s -> s.processName().equals(processName))
                .map(MachineState::id)
                .findFirst()
                .orElse(processName);
    }

    private static String program(ProcessIdentity process) {
        try {
            return Files.readString(ProcessIdentity.proc(process.pid(), "comm")).strip();
        } catch (IOException e) {
            return "it has just ended";
        }
    }

    /** {@return the machine in whose folder something is; one without a record is named so too} */
    private String machineIn(Path path) {
        return ledger.all().stream()
                .filter(s -> path.startsWith(s.folder().path()))
                .map(MachineState::id)
                .findFirst()
                .orElseGet(() -> path.getName(path.getNameCount() - 2).toString());
    }
}
