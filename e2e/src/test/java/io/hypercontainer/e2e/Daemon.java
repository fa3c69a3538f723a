// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * A private hyperd of the built distribution, in a folder of its own, and hyperctl to talk to it.
 */
final class Daemon implements AutoCloseable {
    static final Path DISTRIBUTION = Path.of(System.getProperty("hyper.distribution")).normalize();

    /** The hypervisor that containers get, empty for the first that works here. */
    private static final String HYPERVISOR = System.getProperty("hyper.hypervisor", "");

    final Path directory;
    final Path root;
    final Path socket;
    private final List<String> options;
    private Path distribution = DISTRIBUTION;
    private static final String RUNTIME = "hyper.runtime.cfg";

    private Process process;
    private boolean ownDisk;

    private Daemon(Path directory, List<String> options) {
        this.directory = directory;
        this.root = directory.resolve("root");
        this.socket = directory.resolve("hyper.sock");
        this.options = options;
    }

    static Daemon start(String... options) throws IOException, InterruptedException {
        return start(Map.of(), options);
    }

    /**
     * @param configuration files for the deploy folder, name to content
     */
    static Daemon start(Map<String, String> configuration, String... options)
            throws IOException, InterruptedException {
        var daemon = new Daemon(Files.createTempDirectory("hyper"), List.of(options));
        var deploy = Files.createDirectories(daemon.root.resolve("deploy"));
        if (!configuration.containsKey(RUNTIME)) {
            // Some containers begin in a spare, some do not.
            Files.writeString(deploy.resolve(RUNTIME), "spares=2\n");
        }
        for (var file : configuration.entrySet()) {
            Files.writeString(deploy.resolve(file.getKey()), file.getValue());
        }
        if (!HYPERVISOR.isEmpty()) {
            Files.writeString(
                    deploy.resolve("hyper.runtime.cfg"), "hypervisor=" + HYPERVISOR + "\n");
        }
        daemon.open();
        try {
            daemon.launch();
        } catch (Throwable t) {
            daemon.close();
            throw t;
        }
        return daemon;
    }

    /** A daemon whose state lies on a disk of the given size. */
    static Daemon startOnDisk(int mebibytes) throws IOException, InterruptedException {
        var daemon = new Daemon(Files.createTempDirectory("hyper"), List.of());
        Files.createDirectories(daemon.root);
        daemon.open();
        daemon.mount("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "none");
        daemon.ownDisk = true;
        try {
            daemon.launch();
        } catch (Throwable t) {
            daemon.close();
            throw t;
        }
        return daemon;
    }

    /** Guests run as users of their own and must reach their folders below this one. */
    private void open() throws IOException {
        Files.setPosixFilePermissions(
                directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void mount(String... words) throws InterruptedException {
        var all = new ArrayList<>(List.of(words));
        all.add(root.toString());
        try (var command = program(directory, Map.of(), all)) {
            command.await().ok();
        }
    }

    /** Has the next {@link #launch} start another distribution. */
    void upgradeTo(Path other) {
        distribution = other;
    }

    /** Starts the daemon (again) and waits until it answers. */
    void launch() throws IOException, InterruptedException {
        launch(List.of());
    }

    /** Starts the daemon as after a boot of the host, by which the kernel changes its boot id. */
    void launchAfterReboot() throws IOException, InterruptedException {
        Path id = Files.writeString(directory.resolve("boot-id"), UUID.randomUUID() + "\n");
        launch(
                List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"",
                        id.toString()));
    }

    /**
     * @param wrapper program that becomes the daemon
     */
    private void launch(List<String> wrapper) throws IOException, InterruptedException {
        var words = new ArrayList<>(wrapper);
        words.addAll(
                List.of(distribution.resolve("bin/hyperd").toString(), "--root", root.toString()));
        words.addAll(List.of("--socket", socket.toString()));
        words.addAll(options);
        process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(240);
        while (ctl("version").exit() != 0) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("hyperd does not answer:\n" + Files.readString(log()));
            }
            Thread.sleep(50);
        }
    }

    /** {@return the driver whose machines the containers of these tests get} */
    static String hypervisor() {
        return HYPERVISOR.isEmpty() ? "qemu" : HYPERVISOR;
    }

    Path log() {
        return directory.resolve("hyperd.log");
    }

    long pid() {
        return process.pid();
    }

    /** Ends the daemon as a crash would. */
    void crash() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends the daemon as its service manager would. */
    void terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("hyperd ignores SIGTERM");
        }
    }

    Result ctl(String... words) throws InterruptedException {
        return ctl(new byte[0], words);
    }

    Result ctl(byte[] stdin, String... words) throws InterruptedException {
        try (var command = spawn(words)) {
            try (var in = command.stdin()) {
                in.write(stdin);
            } catch (IOException e) {
                // the command ended without reading its input
            }
            return command.await();
        }
    }

    Command spawn(String... words) {
        return spawnIn(directory, Map.of(), words);
    }

    Command spawnIn(Path workdir, Map<String, String> environment, String... words) {
        var all = new ArrayList<String>();
        all.add(hyperctl());
        all.addAll(Arrays.asList(words));
        return program(workdir, environment, all);
    }

    /** Runs another program with HYPER_HOST pointing here. */
    Command program(Path workdir, Map<String, String> environment, List<String> words) {
        var env = new HashMap<>(environment);
        env.put("HYPER_HOST", "unix://" + socket);
        return new Command(env, workdir, words);
    }

    static String hyperctl() {
        return DISTRIBUTION.resolve("bin/hyperctl").toString();
    }

    /** What is wrong on the host, as it says itself; empty if nothing is. */
    String problems() throws InterruptedException {
        return ctl("doctor", "--format", "json").out();
    }

    /** Processes other than the daemon that work for it: folder and command line. */
    List<String> processes() {
        return processes(_ -> true);
    }

    /** Those of them that work for a container: spares wait for the next one. */
    List<String> helpers() {
        return processes(pid -> !folder(pid).startsWith(root + "/spares/"));
    }

    private List<String> processes(LongPredicate which) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != process.pid() && pid != ProcessHandle.current().pid())
                .filter(which::test)
                .map(pid -> pid + " " + folder(pid) + " " + commandLine(pid))
                .filter(line -> line.contains(root.toString()))
                .toList();
    }

    private static String folder(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits until a machine waits for a container. */
    void awaitSpare() throws InterruptedException {
        while (!ctl("template", "ls", "--format", "{{.Spares}}").ok().matches("(?s).*[1-9].*")) {
            Thread.sleep(20);
        }
    }

    /** Waits until there is a template of the machine that was just booted. */
    void awaitTemplate() throws InterruptedException {
        while (!templates().equals("ready\n")) {
            Thread.sleep(20);
        }
    }

    /** Waits until no template is being made; until then a process runs that is no container's. */
    void awaitIdle() throws InterruptedException {
        while (templates().contains("building")) {
            Thread.sleep(20);
        }
    }

    private String templates() throws InterruptedException {
        return ctl("template", "ls", "--format", "{{.State}}").ok();
    }

    /** Files below a folder of the state, relative to it. */
    List<String> files(String folder) throws IOException {
        Path base = root.resolve(folder);
        if (!Files.exists(base)) {
            return List.of();
        }
        try (var all = Files.walk(base)) {
            return all.filter(p -> !p.equals(base))
                    .map(p -> base.relativize(p).toString())
                    .sorted()
                    .toList();
        }
    }

    static String commandLine(long pid) {
        try {
            return Files.readString(
                            Path.of("/proc/" + pid + "/cmdline"),
                            java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        try {
            if (process != null && process.isAlive()) {
                for (String id : ctl("ps", "-aq").out().lines().toList()) {
                    ctl("rm", "-f", "-v", id);
                }
                process.destroy();
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
            for (String helper : processes()) {
                ProcessHandle.of(Long.parseLong(helper.substring(0, helper.indexOf(' '))))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
            if (ownDisk) {
                mount("umount");
            }
            delete(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, java.io.IOException e)
                            throws IOException {
                        Files.delete(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
