// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads what a terminal says, such as the console of a virtual machine. Java's channels open it in
 * a way that makes it the terminal of a process that has none, which then ends with it. One thread
 * at a time.
 */
public final class TerminalInput implements AutoCloseable {
    private static final int READ_AT_ONCE = 4096;

    private final Descriptor descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(READ_AT_ONCE);

    private TerminalInput(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a terminal.
     *
     * @param device such as {@code /dev/pts/3}
     * @return its input
     * @throws IOException if it cannot be opened
     */
    public static TerminalInput open(Path device) throws IOException {
        int flags = Descriptor.READ_ONLY | Descriptor.NO_TERMINAL_OF_OURS;
        return new TerminalInput(Descriptor.open(device, flags));
    }

    /**
     * Waits for something to read.
     *
     * @param limit how long at most
     * @return what there was, empty if there was nothing
     * @throws IOException if its other end is gone
     */
    public Optional<byte[]> read(Duration limit) throws IOException {
        if (!descriptor.await(limit)) {
            return Optional.empty();
        }
        int count = descriptor.read(buffer);
        if (count == 0) {
            throw new IOException("the other end of the terminal is closed");
        }
        return Optional.of(
                buffer.asSlice(0, count).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() throws IOException {
        arena.close();
        descriptor.close();
    }
}
