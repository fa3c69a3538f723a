// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.linux.MemoryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A saved machine, as its clones get it: memory that none of them can change, and the state of the
 * devices. QEMU opens a memory file for writing even if it only maps it privately, so every clone
 * could change what the others run, were the file not sealed.
 *
 * @param memory the guest's memory, sealed
 * @param devices what QEMU saved of the devices
 */
record Template(MemoryFile memory, byte[] devices) implements AutoCloseable {
    private static final String ABOUT = "template.json";
    private static final String MEMORY = "memory";
    private static final String DEVICES = "devices";
    private static final String BACKEND = "/memfd:memory-backend-memfd";
    private static final int MAX_DEVICES = 64 << 20;
    private static final int MAX_ABOUT = 1 << 16;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What the files must be.
     *
     * @param version of this form
     * @param bytes the guest's memory
     * @param devices checksum of the devices' state
     */
    private record About(int version, long bytes, long devices) {
        static final int VERSION = 1;

        About {
            if (bytes <= 0) {
                throw new IllegalArgumentException("a memory of " + bytes + " bytes");
            }
        }
    }

    /** Saves a machine that stands still. */
    static void save(Qmp qmp, MachineState state, Path folder) throws IOException {
        var devices = new Migration(qmp, state).save();
        try (var from = FileChannel.open(guestMemory(state));
                var to =
                        FileChannel.open(
                                folder.resolve(MEMORY),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE)) {
            GuestPages.save(from, to);
            to.force(true);
            write(folder.resolve(DEVICES), devices);
            var about = new About(About.VERSION, from.size(), checksum(devices));
            write(folder.resolve(ABOUT), JSON.writeValueAsBytes(about));
        }
    }

    private static long checksum(byte[] content) {
        var checksum = new CRC32C();
        checksum.update(content);
        return checksum.getValue();
    }

    /** The memory has no name; it is found among what QEMU has open. */
    private static Path guestMemory(MachineState state) throws IOException {
        try (var open =
                Files.newDirectoryStream(Path.of("/proc/" + state.running().pid() + "/fd"))) {
            for (var each : open) {
                if (Files.readSymbolicLink(each).toString().startsWith(BACKEND)) {
                    return each;
                }
            }
        }
        throw new IOException(
                "the memory of machine " + state.id() + " is not found in its process");
    }

    /**
     * Reads a template; this takes a tenth of a second or two.
     *
     * @throws IOException if it is damaged
     */
    static Template load(Path folder) throws IOException {
        var about = about(folder.resolve(ABOUT));
        var devices = bounded(folder.resolve(DEVICES), MAX_DEVICES);
        if (checksum(devices) != about.devices()) {
            throw new IOException(folder.resolve(DEVICES) + " has another checksum");
        }
        var memory = MemoryFile.create("hyper-template");
        try (var from = FileChannel.open(folder.resolve(MEMORY));
                var to = FileChannel.open(memory.path(), StandardOpenOption.WRITE)) {
            // Gives it its size; what is never written takes no memory.
            to.write(ByteBuffer.allocate(1), about.bytes() - 1);
            GuestPages.load(from, to);
        } catch (IOException e) {
            memory.close();
            throw new IOException(folder.resolve(MEMORY) + ": " + e.getMessage(), e);
        }
        memory.seal();
        return new Template(memory, devices);
    }

    private static About about(Path file) throws IOException {
        try {
            var about = JSON.readValue(bounded(file, MAX_ABOUT), About.class);
            if (about.version() != About.VERSION) {
                throw new IOException(file + " has the unknown version " + about.version());
            }
            return about;
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static byte[] bounded(Path file, int most) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw new IOException(file + " has more than " + most + " bytes");
            }
            return content;
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (var out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
