// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.hypervisor.ChannelAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real virtual machine with the agent, run by QEMU without hardware acceleration. */
final class GuestMachine implements AutoCloseable {
    private static final Path GUEST = Path.of("..", "..", "guest", "build").toAbsolutePath();
    static final String COMMAND_LINE =
            "console=ttyS0 quiet loglevel=4 mitigations=off nokaslr random.trust_cpu=on tsc=reliable"
                    + " no_timer_check noreplace-smp cryptomgr.notests rcupdate.rcu_expedited=1"
                    + " 8250.nr_uarts=1 nolapic_timer panic=-1 reboot=t";

    /** Programs of the test image, all busybox. */
    private static final List<String> PROGRAMS =
            List.of(
                    "sh",
                    "cat",
                    "echo",
                    "true",
                    "sleep",
                    "id",
                    "stty",
                    "dd",
                    "yes",
                    "head",
                    "env",
                    "mknod",
                    "tr",
                    "touch",
                    "ls",
                    "ln",
                    "mkdir",
                    "rm",
                    "chmod",
                    "chown",
                    "mv",
                    "cp",
                    "stat",
                    "find",
                    "tar",
                    "readlink",
                    "nc",
                    "nslookup",
                    "kill",
                    "ps",
                    "wc",
                    "mkfifo",
                    "date",
                    "od");

    private final Path directory;
    private final Process qemu;

    private GuestMachine(Path directory, Process qemu) {
        this.directory = directory;
        this.qemu = qemu;
    }

    /** Starts a machine whose disk {@code root} is a small image with busybox. */
    static GuestMachine start(Path directory) throws IOException, InterruptedException {
        return start(directory, List.of());
    }

    /** The same with more arguments for QEMU. */
    static GuestMachine start(Path directory, List<String> more)
            throws IOException, InterruptedException {
        Path root = image(directory);
        Path console = directory.resolve("console.log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "qemu-system-x86_64",
                                "-accel",
                                "tcg,thread=multi,tb-size=64",
                                "-machine",
                                "q35,vmport=off,smbus=off,sata=off,usb=off,graphics=off,i8042=off,smm=off",
                                "-cpu",
                                "qemu64",
                                "-smp",
                                "1",
                                "-m",
                                "256",
                                "-nodefaults",
                                "-no-user-config",
                                "-display",
                                "none",
                                "-no-reboot",
                                "-bios",
                                "qboot.rom"));
        command.addAll(
                List.of(
                        "-kernel",
                        GUEST.resolve("vmlinux").toString(),
                        "-initrd",
                        GUEST.resolve("initrd").toString(),
                        "-append",
                        COMMAND_LINE,
                        "-serial",
                        "file:" + console));
        command.addAll(
                List.of(
                        "-chardev",
                        "socket,id=agent,path=" + socket(directory) + ",server=on,wait=off",
                        "-device",
                        "virtio-serial-pci",
                        "-device",
                        "virtserialport,chardev=agent,name=hyper.agent.0",
                        "-drive",
                        "file=" + root + ",if=none,format=raw,id=root,readonly=on",
                        "-device",
                        "virtio-blk-pci,drive=root,serial=root",
                        "-qmp",
                        "stdio"));
        command.addAll(more);
        Process qemu =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        // Its monitor greets once all sockets are open.
        await(qemu, "QMP");
        return new GuestMachine(directory, qemu);
    }

    private static Path socket(Path directory) {
        return directory.resolve("agent.sock");
    }

    /** Waits until a process has said this; what it says later is read and forgotten. */
    static void await(Process process, String word) throws IOException {
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); ; line = output.readLine()) {
            if (line == null) {
                throw new IOException("ended before it said " + word + ": " + said);
            }
            if (line.contains(word)) {
                break;
            }
            said.append(line).append('\n');
        }
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        output.transferTo(Writer.nullWriter());
                    } catch (IOException e) {
                        // It has ended.
                    }
                });
    }

    private static Path image(Path directory) throws IOException, InterruptedException {
        Path image = directory.resolve("root.erofs");
        if (Files.exists(image)) {
            return image;
        }
        Path tree = directory.resolve("tree");
        Path bin = Files.createDirectories(tree.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        run("chmod", "755", bin.resolve("busybox").toString());
        for (String program : PROGRAMS) {
            Files.createSymbolicLink(bin.resolve(program), Path.of("busybox"));
        }
        for (Map.Entry<String, String> file :
                Map.of(
                                "etc/passwd",
                                "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34::/srv:/bin/sh\n",
                                "etc/group",
                                "root:x:0:\nweb:x:34:\nlogs:x:35:web\n",
                                "etc/notes",
                                "not a program\n",
                                "srv/page",
                                "hello\n")
                        .entrySet()) {
            Path path = tree.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        run("mkfs.erofs", "--all-root", image.toString(), tree.toString());
        return image;
    }

    /** QEMU's arguments for an empty disk with the file system ext4. */
    static List<String> disk(Path directory, String name) throws IOException, InterruptedException {
        return disk(directory, name, Files.createDirectories(directory.resolve("nothing")));
    }

    /** The same for a disk with this tree. */
    static List<String> disk(Path directory, String name, Path tree)
            throws IOException, InterruptedException {
        Path disk = directory.resolve(name + ".ext4");
        run("mkfs.ext4", "-q", "-d", tree.toString(), disk.toString(), "32M");
        return List.of(
                "-drive",
                "file=" + disk + ",if=none,format=raw,id=" + name,
                "-device",
                "virtio-blk-pci,drive=" + name + ",serial=" + name);
    }

    /** The same for a copy of a disk, to be read. */
    static List<String> copy(Path directory, String disk, String name) throws IOException {
        Path copy = directory.resolve(name + ".ext4");
        Files.copy(directory.resolve(disk + ".ext4"), copy);
        return List.of(
                "-drive",
                "file=" + copy + ",if=none,format=raw,id=" + name + ",readonly=on",
                "-device",
                "virtio-blk-pci,drive=" + name + ",serial=" + name);
    }

    /**
     * QEMU's arguments for a disk {@code layers}: the test image, and behind it a layer with this
     * tree.
     */
    static List<String> layers(Path directory, Path tree) throws IOException, InterruptedException {
        Path second = directory.resolve("second.erofs");
        run("mkfs.erofs", second.toString(), tree.toString());
        Path disk = directory.resolve("layers");
        Files.copy(image(directory), disk);
        Files.write(disk, Files.readAllBytes(second), StandardOpenOption.APPEND);
        return List.of(
                "-drive",
                "file=" + disk + ",if=none,format=raw,id=layers,readonly=on",
                "-device",
                "virtio-blk-pci,drive=layers,serial=layers");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }

    ChannelAddress channel() {
        return new ChannelAddress.UnixSocket(socket(directory));
    }

    long rootLength() {
        try {
            return Files.size(directory.resolve("root.erofs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String console() throws IOException {
        return Files.readString(directory.resolve("console.log"));
    }

    /** Whether the machine has powered itself off within this time. */
    boolean awaitOff(long seconds) throws InterruptedException {
        return qemu.waitFor(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        qemu.destroyForcibly().onExit().join();
    }
}
