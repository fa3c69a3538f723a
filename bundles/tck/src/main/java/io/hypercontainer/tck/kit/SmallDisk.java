// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A daemon whose state folder lies on a file system of its own, which is soon full. */
public final class SmallDisk implements AutoCloseable {
    /** Enough for a framework's bundles and little more. */
    private static final String SIZE = "40m";

    private static final int LEAVE = 8 << 20;
    private final Kit kit;

    private SmallDisk(Kit kit) {
        this.kit = kit;
    }

    /** {@return whether the kit may mount} */
    public static boolean canBeMade() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    /** Mounts a file system and starts a daemon on it. */
    public static SmallDisk mount(Kit like) throws IOException {
        var root = Folders.makeRoot();
        run("mount", "-t", "tmpfs", "-o", "mode=711,size=" + SIZE, "tck", root.toString());
        try {
            var disk = new SmallDisk(Kit.goOn(like.setup(), root));
            // What is left is the same whatever the framework takes.
            disk.fill(LEAVE);
            return disk;
        } catch (RuntimeException | IOException e) {
            run("umount", root.toString());
            throw e;
        }
    }

    /** {@return the kit with the daemon} */
    public Kit kit() {
        return kit;
    }

    /** Takes all the space that is left; closing it gives it back. */
    public Filler fill() throws IOException {
        return fill(0);
    }

    private Filler fill(long leave) throws IOException {
        var file = Files.createTempFile(kit.root().resolve("cache"), "filler", "");
        var free = Files.getFileStore(kit.root()).getUsableSpace() - leave;
        try (var out = Files.newOutputStream(file)) {
            var block = new byte[4096];
            for (long written = 0; written < free || leave == 0; written += block.length) {
                out.write(block);
            }
        } catch (IOException full) {
            // That is what was wanted.
        }
        return new Filler(file);
    }

    /**
     * What takes the space.
     *
     * @param file the file
     */
    public record Filler(Path file) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Files.delete(file);
        }
    }

    @Override
    public void close() throws IOException {
        var root = kit.root();
        kit.stop();
        run("umount", root.toString());
        Folders.delete(root);
    }

    private static void run(String... command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }
}
