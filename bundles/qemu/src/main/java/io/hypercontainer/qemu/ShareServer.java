// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Share;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs a virtiofs daemon for each share. It starts in a mount name space of its own, in which a
 * {@link ShareView} puts what it serves; QEMU 7.2's daemon can neither serve a single file nor
 * refuse to write. It looks there only when QEMU connects to it, then builds its own sandbox (name
 * spaces, pivot_root, seccomp), and ends with QEMU. Nothing of it is ever mounted on the host.
 */
final class ShareServer {
    static final List<String> PROGRAMS = List.of("/usr/bin/unshare", "/usr/bin/mount");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Path RUNTIME = Path.of("/run/virtiofsd");

    private final String program;

    ShareServer(String program) {
        this.program = program;
    }

    static void check(Share share) {
        Machine.checkName("share", share.tag());
        var source = share.source();
        var file = Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS);
        var folder = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        if (!source.isAbsolute() || !(file || folder)) {
            throw new InvalidSpec(
                    "share "
                            + share.tag()
                            + ": "
                            + source
                            + " is neither a folder nor a regular file of the host");
        }
    }

    /** Starts the daemon and returns once QEMU can connect to it. */
    ProcessIdentity start(Share share, int port, MachineFolder folder, int uid) {
        var socket = folder.shareSocketPath(port);
        var view = folder.shareView(port);
        try {
            ShareView.prepare(share, view);
            var process = spawn(socket, view, folder);
            try {
                var identity = ProcessIdentity.of(process.pid());
                awaitSocket(process, socket, share);
                ShareView.open(share, view, process.pid());
                if (uid >= 0) {
                    Host.setOwner(socket, uid);
                }
                return identity.orElseThrow();
            } catch (IOException | RuntimeException | InterruptedException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (InterruptedException e) {
            throw new Interrupted("start the server of share " + share.tag(), e);
        } catch (IOException e) {
            throw new DriverFailure(
                    "cannot share %s as %s: %s"
                            .formatted(share.source(), share.tag(), e.getMessage()),
                    e);
        }
    }

    /** Of what the host mounts and unmounts later, the daemon only sees the latter. */
    private Process spawn(Path socket, Path view, MachineFolder folder) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                "/usr/bin/setsid",
                                "/usr/bin/unshare",
                                "--mount",
                                "--propagation=slave",
                                program,
                                socketOption(socket),
                                "-o",
                                "source=" + escaped(view),
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
    }

    private void awaitSocket(Process process, Path socket, Share share)
            throws IOException, InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens(socket)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new DriverFailure(
                        "%s does not serve %s for share %s"
                                .formatted(program, share.source(), share.tag()));
            }
            Thread.sleep(2);
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
        ShareView.remove(folder.shareView(share.port()));
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
