// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import com.example.uml.monitor.Monitor;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts machines. */
final class Launcher {
    private static final long PATIENCE_SECONDS = 30;
    private static final int LINES = 5;

    private final Installation installation;
    private final List<URL> monitorClasses;

    /**
     * @param monitorClasses the class files of the monitor
     */
    Launcher(Installation installation, List<URL> monitorClasses) {
        this.installation = installation;
        this.monitorClasses = List.copyOf(monitorClasses);
    }

    /**
     * Starts a machine. If it fails nothing is left.
     *
     * @param uid the machine's user, -1 for the daemon's
     */
    Notes start(VmSpec spec, int uid) {
        var folder = new MachineFolder(spec.directory());
        var notes = Notes.of(spec, uid);
        notes.write(folder.notes());
        try {
            fill(spec, folder, notes);
            var process = spawn(spec, uid);
            try (var said = process.inputReader(StandardCharsets.UTF_8);
                    var orders = process.outputWriter(StandardCharsets.US_ASCII)) {
                expect(Monitor.READY, said, process, spec.id());
                var root = HostProcess.of(process.pid());
                notes = notes.with(root.orElseThrow(() -> endedAtOnce(spec.id(), Stream.of())));
                notes.write(folder.notes());
                if (notes.networks().isEmpty()) {
                    Confinement.closeFolder(folder.path(), uid);
                }
                orders.write(Monitor.GO + "\n");
                orders.flush();
                expect(Monitor.STARTED, said, process, spec.id());
            }
            return notes;
        } catch (IOException e) {
            undo(spec, folder, notes);
            throw new DriverFailure("cannot start machine " + spec.id() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            undo(spec, folder, notes);
            throw e;
        }
    }

    private void fill(VmSpec spec, MachineFolder folder, Notes notes) throws IOException {
        var modules = installation.modulesOf(installation.release());
        Initrd.write(folder.initrd(), spec.boot().initrd(), modules);
        writeMonitor(folder.monitor());
        Confinement.makeReadable(folder.initrd());
        Confinement.makeReadable(folder.monitor());
        for (var file : folder.written()) {
            Confinement.makeFile(file, notes.uid());
        }
        for (var i = 0; i < spec.disks().size(); i++) {
            var file = spec.disks().get(i).extents().getFirst().file();
            Files.createSymbolicLink(folder.path().resolve(MachineFolder.disk(i)), file);
        }
        for (var file : notes.files()) {
            Confinement.give(file, notes.uid());
        }
        Confinement.openFolder(folder.path(), notes.uid());
    }

    /** A copy for this machine: it outlives this bundle, and this version of it. */
    private void writeMonitor(Path file) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (var url : monitorClasses) {
                jar.putNextEntry(new JarEntry(url.getPath().substring(1)));
                try (var in = url.openStream()) {
                    in.transferTo(jar);
                }
            }
        }
    }

    private Process spawn(VmSpec spec, int uid) throws IOException {
        var builder =
                new ProcessBuilder(CommandLine.of(spec, installation, uid))
                        .directory(spec.directory().toFile())
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("TMPDIR", installation.memory().toString());
        return builder.start();
    }

    private static void expect(String word, BufferedReader said, Process process, String id)
            throws IOException {
        // Reading has no time limit of its own.
        var limit =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                                    process.destroyForcibly();
                                }
                            } catch (InterruptedException e) {
                                // it has been said
                            }
                        });
        try {
            var line = said.readLine();
            if (!word.equals(line)) {
                var rest = said.lines().limit(LINES - 1L);
                throw endedAtOnce(id, Stream.concat(Stream.ofNullable(line), rest));
            }
        } finally {
            limit.interrupt();
        }
    }

    private static DriverFailure endedAtOnce(String id, Stream<String> said) {
        var last = said.collect(Collectors.joining(" | "));
        return new DriverFailure(
                "machine " + id + " ended at once" + (last.isEmpty() ? "" : ": " + last));
    }

    private static void undo(VmSpec spec, MachineFolder folder, Notes notes) {
        try {
            MachineProcesses.kill(spec.id(), folder.path());
        } finally {
            UmlMachine.release(folder, notes);
        }
    }
}
