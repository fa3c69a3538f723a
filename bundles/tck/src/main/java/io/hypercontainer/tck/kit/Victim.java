// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A daemon in a process of its own, which is killed with SIGKILL in the middle of its work. */
public final class Victim implements AutoCloseable {
    private final Process process;
    private final BufferedReader says;
    private final Writer orders;

    private Victim(Process process) {
        this.process = process;
        says = process.inputReader(StandardCharsets.UTF_8);
        orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    }

    /**
     * Starts a daemon on a state folder that no other daemon has now.
     *
     * @param name of what is made
     * @param stay whether it stops in the middle of its work
     */
    private static Victim start(Setup setup, Path root, Work work, String name, boolean stay) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1"));
        setup.parameters().forEach((k, v) -> command.add("-D" + k + "=" + v));
        Optional.ofNullable(System.getProperty("hyper.tck.log"))
                .ifPresent(log -> command.add("-Dhyper.tck.log=" + log));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(VictimMain.class.getName(), root.toString(), work.name(), name));
        command.add(stay ? "stay" : "go-on");
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return new Victim(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Kills a daemon when it is in the middle of its work, which waits there for that.
     *
     * @return what it had said at the end; empty if it was killed in the middle
     */
    public static Optional<String> killInTheMiddle(Setup setup, Path root, Work work, String name) {
        try (var victim = start(setup, root, work, name, true)) {
            victim.begin();
            return victim.await(VictimMain.MIDDLE);
        }
    }

    /**
     * Kills a daemon when so many changes of a folder have been seen since the middle of its work
     * (since its begin, if that has none).
     *
     * @param changes the number of changes; what is faster than the look counts as one
     * @param counts which files are looked at
     * @return what it had said at the end; empty if it was killed before
     */
    public static Optional<String> killAfter(
            Setup setup, Path root, Work work, String name, int changes, Predicate<Path> counts) {
        try (var victim = start(setup, root, work, name, false)) {
            victim.begin();
            if (work != Work.LAUNCH && work != Work.IMPORT) {
                var early = victim.await(VictimMain.MIDDLE);
                if (early.isPresent()) {
                    return early;
                }
            }
            var done = CompletableFuture.supplyAsync(() -> victim.await("nothing else"));
            Set<String> before = Folders.list(root, counts);
            for (int seen = 0; seen < changes && !done.isDone(); ) {
                var now = Folders.list(root, counts);
                seen += now.equals(before) ? 0 : 1;
                before = now;
            }
            victim.kill();
            return done.join();
        }
    }

    /** Lets a daemon finish its work, and kills it then. */
    public static String killAtTheEnd(Setup setup, Path root, Work work, String name) {
        try (var victim = start(setup, root, work, name, false)) {
            victim.begin();
            if (work != Work.LAUNCH && work != Work.IMPORT) {
                var _ = victim.await(VictimMain.MIDDLE);
            }
            return victim.await("nothing else")
                    .orElseThrow(() -> new AssertionError("the daemon ended by itself"));
        }
    }

    private void begin() {
        var _ = await(VictimMain.READY);
        try {
            orders.write("go\n");
            orders.flush();
        } catch (IOException e) {
            throw new AssertionError("the daemon ended at once", e);
        }
    }

    /** {@return what was done, if it comes before that line; empty at the end of all lines too} */
    private Optional<String> await(String expected) {
        try {
            for (var line = says.readLine(); line != null; line = says.readLine()) {
                if (line.equals(expected)) {
                    return Optional.empty();
                }
                if (line.startsWith(VictimMain.DONE)) {
                    return Optional.of(line.substring(VictimMain.DONE.length()));
                }
                if (line.startsWith(VictimMain.FAILED)) {
                    throw new AssertionError("in a daemon of its own it " + line);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // It was killed while it was read.
        }
    }

    private void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
        // Processes of its own that were about to do its work, as mke2fs, end on their own.
        Await.until(
                "the end of what the daemon ran", () -> process.descendants().findAny().isEmpty());
    }
}
