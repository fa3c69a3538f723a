// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A file in memory without a name (memfd_create(2)). Once it is {@linkplain #seal sealed} nobody
 * can change it any more, not even a process that may open it for writing, so it can be handed to
 * processes that are not trusted. It goes when the last process has closed it. Methods may be
 * called by any thread.
 */
public final class MemoryFile implements AutoCloseable {
    private static final int CLOSE_ON_EXEC = 0x1; // MFD_CLOEXEC
    private static final int ALLOW_SEALING = 0x2; // MFD_ALLOW_SEALING
    private static final int ADD_SEALS = 1033; // F_ADD_SEALS
    private static final int ALL_SEALS = 0x1 | 0x2 | 0x4 | 0x8; // F_SEAL_SEAL, SHRINK, GROW, WRITE

    private static final Linker.Option[] PLAIN = {};
    private static final Linker.Option[] AFTER_TWO = {Linker.Option.firstVariadicArg(2)};
    private static final MethodHandle MEMFD_CREATE =
            Calls.function("memfd_create", PLAIN, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle FCNTL =
            Calls.function(
                    "fcntl",
                    AFTER_TWO,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle CLOSE = Calls.function("close", PLAIN, ValueLayout.JAVA_INT);

    private final String name;
    private final int descriptor;
    private boolean closed;

    private MemoryFile(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * Makes an empty file.
     *
     * @param name what {@code /proc} shows, at most 200 bytes
     * @return the file; it is not inherited by child processes
     * @throws IOException if the kernel refuses
     */
    public static MemoryFile create(String name) throws IOException {
        int descriptor =
                Calls.check(
                        "memfd_create " + name,
                        (errno, arena) ->
                                (int)
                                        MEMFD_CREATE.invokeExact(
                                                errno,
                                                arena.allocateFrom(name),
                                                CLOSE_ON_EXEC | ALLOW_SEALING));
        return new MemoryFile(name, descriptor);
    }

    /**
     * {@return where this process can open it, for reading, and for writing until it is sealed}
     *
     * @throws IOException if it is closed
     */
    public synchronized Path path() throws IOException {
        checkOpen();
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /**
     * Keeps content and size as they are for ever.
     *
     * @throws IOException if it is closed, or a process has it mapped for shared writing
     */
    public synchronized void seal() throws IOException {
        checkOpen();
        Calls.check(
                "seal memory file " + name,
                (errno, _) -> (int) FCNTL.invokeExact(errno, descriptor, ADD_SEALS, ALL_SEALS));
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("memory file " + name + " is closed");
        }
    }

    /** Lets go of it; processes that have it open keep it. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            Calls.check(
                    "close memory file " + name,
                    (errno, _) -> (int) CLOSE.invokeExact(errno, descriptor));
        }
    }
}
