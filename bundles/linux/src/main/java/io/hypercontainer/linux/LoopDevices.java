// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files as block devices (loop(4)); numbers from Linux, include/uapi/linux/loop.h. Devices belong
 * to the host: they stay when the process ends. Methods may be called by any thread.
 */
public final class LoopDevices {
    private static final Path CONTROL = Path.of("/dev/loop-control");
    private static final Path SYSFS = Path.of("/sys/block");

    private static final long GET_FREE = 0x4C82; // LOOP_CTL_GET_FREE
    private static final long CONFIGURE = 0x4C0A; // LOOP_CONFIGURE, since Linux 5.8
    private static final long CLEAR = 0x4C01; // LOOP_CLR_FD
    private static final long SET_CAPACITY = 0x4C07; // LOOP_SET_CAPACITY

    /** struct loop_config: __u32 fd, __u32 block_size, struct loop_info64, 64 bytes to spare. */
    private static final int CONFIG_SIZE = 304;

    private static final int FLAGS = 8 + 52; // loop_info64.lo_flags
    private static final int FILE_NAME = 8 + 56; // loop_info64.lo_file_name
    private static final int NAME_SIZE = 64; // LO_NAME_SIZE
    private static final int DIRECT_IO = 16; // LO_FLAGS_DIRECT_IO
    private static final int READ_ONLY = 1; // LO_FLAGS_READ_ONLY

    /** Others take devices at the same time; each lost race is somebody else's success. */
    private static final int ATTEMPTS = 100;

    private LoopDevices() {}

    /** {@return whether this kernel has loop devices and this process may take one} */
    public static boolean usable() {
        return Files.isReadable(CONTROL) && Files.isWritable(CONTROL);
    }

    /**
     * Makes a file a block device. Direct I/O is used where the file's file system can, so that the
     * host does not keep everything in memory twice.
     *
     * @param file a file whose length is a multiple of 512
     * @return the device, such as {@code /dev/loop3}
     * @throws IOException if there are no loop devices, or the file cannot be one
     */
    public static Path attach(Path file) throws IOException {
        return attach(file, Descriptor.READ_WRITE);
    }

    /**
     * Makes a file a block device that nobody can write to; see {@link #attach}.
     *
     * @param file a file whose length is a multiple of 512
     * @return the device, such as {@code /dev/loop3}
     * @throws IOException if there are no loop devices, or the file cannot be one
     */
    public static Path attachReadOnly(Path file) throws IOException {
        return attach(file, Descriptor.READ_ONLY);
    }

    private static Path attach(Path file, int access) throws IOException {
        try (var control = Descriptor.open(CONTROL, Descriptor.READ_WRITE);
                var backing = Descriptor.open(file, access)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                int number = control.control("find a free loop device", GET_FREE, 0);
                Path device = Path.of("/dev/loop" + number);
                if (configure(device, file, backing, access)) {
                    return device;
                }
            }
        }
        throw new IOException("others take every free loop device first; " + file + " has none");
    }

    /** {@return whether it is ours; not if somebody else was faster} */
    private static boolean configure(Path device, Path file, Descriptor backing, int access)
            throws IOException {
        try (var loop = Descriptor.open(device, access);
                var arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_SIZE, 8);
            config.set(ValueLayout.JAVA_INT, 0, backing.number());
            int flags = access == Descriptor.READ_ONLY ? DIRECT_IO | READ_ONLY : DIRECT_IO;
            config.set(ValueLayout.JAVA_INT, FLAGS, flags);
            byte[] name = file.toString().getBytes(StandardCharsets.UTF_8);
            int shown = Math.min(name.length, NAME_SIZE - 1);
            MemorySegment.copy(name, 0, config, ValueLayout.JAVA_BYTE, FILE_NAME, shown);
            loop.control("make " + file + " loop device " + device, CONFIGURE, config);
            return true;
        } catch (CallFailed e) {
            if (e.errno() == CallFailed.EBUSY) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Looks the device of a file up.
     *
     * @param file a file, by its real path
     * @return the loop device that it is, if it is one
     * @throws IOException if the host's devices cannot be listed
     */
    public static Optional<Path> of(Path file) throws IOException {
        for (Loop loop : all()) {
            if (loop.file().equals(file.toString())) {
                return Optional.of(loop.device());
            }
        }
        return Optional.empty();
    }

    /**
     * {@return the block device of a number, such as {@code /dev/loop3}}
     *
     * @param number major and minor, {@code 7:3}
     * @throws IOException if there is none
     */
    public static Path numbered(String number) throws IOException {
        Path entry = Path.of("/sys/dev/block").resolve(number).toRealPath();
        return Path.of("/dev").resolve(entry.getFileName());
    }

    /**
     * A loop device in use.
     *
     * @param device such as {@code /dev/loop3}
     * @param file path of its file as the kernel tells it; {@code (deleted)} follows if it is gone
     */
    public record Loop(Path device, String file) {}

    /**
     * {@return all loop devices in use}
     *
     * @throws IOException if the host's devices cannot be listed
     */
    public static List<Loop> all() throws IOException {
        var all = new ArrayList<Loop>();
        if (!Files.isDirectory(SYSFS)) {
            return all;
        }
        List<Path> candidates;
        try (Stream<Path> entries = Files.list(SYSFS)) {
            candidates =
                    entries.filter(e -> e.getFileName().toString().startsWith("loop"))
                            .sorted(Comparator.naturalOrder())
                            .toList();
        }
        for (Path entry : candidates) {
            try {
                String file = Files.readString(entry.resolve("loop/backing_file")).strip();
                all.add(new Loop(Path.of("/dev").resolve(entry.getFileName()), file));
            } catch (IOException e) {
                // It is free, or has just become so.
            }
        }
        return all;
    }

    /**
     * Tells a device that its file has grown.
     *
     * @param device a loop device
     * @throws IOException if it is none
     */
    public static void resize(Path device) throws IOException {
        try (var loop = Descriptor.open(device, Descriptor.READ_WRITE)) {
            loop.control("resize " + device, SET_CAPACITY, 0);
        }
    }

    /**
     * Gives a device back; its file stays. If something has it open, it goes when that lets go.
     *
     * @param device a loop device
     * @throws IOException if it cannot be given back; not if it is free already
     */
    public static void detach(Path device) throws IOException {
        try (var loop = Descriptor.open(device, Descriptor.READ_ONLY)) {
            loop.control("give back " + device, CLEAR, 0);
        } catch (CallFailed e) {
            if (e.errno() != CallFailed.ENXIO) {
                throw e;
            }
        }
    }
}
