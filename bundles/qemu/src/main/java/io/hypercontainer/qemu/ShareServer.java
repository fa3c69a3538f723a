// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Share;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs a virtiofs daemon for a shared folder. QEMU 7.2's daemon cannot serve read-only, and what
 * the guest promises counts for nothing; so a read-only share serves a read-only bind mount. The
 * daemon keeps its own sandbox (name spaces, pivot_root, seccomp) and ends with QEMU.
 */
final class ShareServer {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Path RUNTIME = Path.of("/run/virtiofsd");

    private final String program;

    ShareServer(String program) {
        this.program = program;
    }

    static void check(Share share) {
        Machine.checkName("share", share.tag());
        if (!share.directory().isAbsolute() || !Files.isDirectory(share.directory())) {
            throw new InvalidSpec(
                    "share "
                            + share.tag()
                            + ": "
                            + share.directory()
                            + " is no folder of the host");
        }
    }

    /** Mounts the view that a read-only share needs. */
    static void mountView(Share share, int port, MachineFolder folder) {
        var view = folder.shareView(port);
        try {
            Files.createDirectory(view);
        } catch (IOException e) {
            throw new DriverFailure("cannot make " + view + ": " + e.getMessage(), e);
        }
        Host.run("/usr/bin/mount", "-o", "bind,ro", share.directory().toString(), view.toString());
    }

    /** Starts the daemon and returns once QEMU can connect to it. */
    ProcessIdentity start(Share share, int port, MachineFolder folder, int uid) {
        var source = share.readOnly() ? folder.shareView(port) : share.directory();
        var socket = folder.shareSocketPath(port);
        try {
            var process =
                    new ProcessBuilder(
                                    List.of(
                                            "/usr/bin/setsid",
                                            program,
                                            socketOption(socket),
                                            "-o",
                                            "source=" + escaped(source),
                                            "-o",
                                            "sandbox=namespace",
                                            "-o",
                                            "announce_submounts",
                                            "-o",
                                            "log_level=warn"))
                            .directory(folder.path().toFile())
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .redirectOutput(new File("/dev/null"))
                            .start();
            var identity = ProcessIdentity.of(process.pid());
            var end = System.nanoTime() + PATIENCE.toNanos();
            while (!listens(socket)) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    process.destroyForcibly();
                    throw new DriverFailure(
                            "%s does not serve %s for share %s"
                                    .formatted(program, source, share.tag()));
                }
                Thread.sleep(2);
            }
            if (uid >= 0) {
                Host.setOwner(socket, uid);
            }
            return identity.orElseThrow();
        } catch (InterruptedException e) {
            throw new Interrupted("start the server of share " + share.tag(), e);
        } catch (IOException e) {
            throw new DriverFailure("cannot start " + program + ": " + e.getMessage(), e);
        }
    }

    /** Ends the daemon and removes what it and its share left. */
    static void stop(MachineState.ShareState share, MachineFolder folder)
            throws IOException, InterruptedException {
        var socket = folder.shareSocketPath(share.port());
        if (share.daemon() != null) {
            share.daemon().kill(PATIENCE);
        } else {
            // Its start was cut off before it was noted.
            for (var daemon : ProcessIdentity.withArgument(socketOption(socket))) {
                daemon.kill(PATIENCE);
            }
        }
        Files.deleteIfExists(socket);
        Files.deleteIfExists(RUNTIME.resolve(dotted(socket) + ".pid"));
        var view = folder.shareView(share.port());
        if (share.view() && Files.isDirectory(view) && !removed(view)) {
            Host.run("/usr/bin/umount", view.toString());
            Files.delete(view);
        }
    }

    private static boolean removed(Path view) {
        try {
            Files.delete(view);
            return true;
        } catch (IOException _) {
            return false; // it is still mounted
        }
    }

    /**
     * A file in which a daemon has noted its process id.
     *
     * @param machine name of the folder that its socket was in
     */
    record PidFile(Path path, String machine) {}

    /** {@return the files of daemons whose sockets are or were below a folder} */
    static List<PidFile> pidFiles(Path folder) {
        // The daemon writes the socket's path with points for slashes.
        var mine =
                Pattern.compile(
                        Pattern.quote(dotted(folder)) + "\\..*?([^.]+)\\.fs\\d+\\.sock\\.pid");
        if (!Files.isDirectory(RUNTIME)) {
            return List.of();
        }
        try (var all = Files.list(RUNTIME)) {
            return all.flatMap(f ->
                            mine.matcher(f.getFileName().toString())
                                    .results()
                                    .map(found -> new PidFile(f, found.group(1))))
                    .toList();
        } catch (IOException e) {
            throw new DriverFailure("cannot list " + RUNTIME + ": " + e.getMessage(), e);
        }
    }

    private static String dotted(Path path) {
        return path.toString().replace('/', '.');
    }

    private static String socketOption(Path socket) {
        return "--socket-path=" + socket;
    }

    /** Looks in the kernel's table: a connection tried out would be taken for QEMU's. */
    private static boolean listens(Path socket) throws IOException {
        var listening = " 00010000 ";
        return Files.readAllLines(Path.of("/proc/net/unix")).stream()
                .anyMatch(l -> l.contains(listening) && l.endsWith(" " + socket));
    }

    /** The daemon's option syntax takes commas and backslashes for its own. */
    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace(",", "\\,");
    }
}
