// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;

/** An open file, for calls that Java's channels do not make. */
final class Descriptor implements AutoCloseable {
    static final int READ_ONLY = 0; // O_RDONLY
    static final int READ_WRITE = 2; // O_RDWR
    static final int NO_TERMINAL_OF_OURS = 0x100; // O_NOCTTY
    private static final int CLOSE_ON_EXEC = 0x80000; // O_CLOEXEC
    private static final short READABLE = 1; // POLLIN

    private static final Linker.Option[] PLAIN = {};
    private static final Linker.Option[] AFTER_TWO = {Linker.Option.firstVariadicArg(2)};
    private static final MethodHandle OPEN =
            Calls.function("open", AFTER_TWO, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle IOCTL =
            Calls.function(
                    "ioctl",
                    AFTER_TWO,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS);
    private static final MethodHandle POLL =
            Calls.function(
                    "poll",
                    PLAIN,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle FALLOCATE =
            Calls.function(
                    "fallocate",
                    PLAIN,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle READ =
            Calls.function(
                    "read",
                    PLAIN,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle CLOSE = Calls.function("close", PLAIN, ValueLayout.JAVA_INT);

    private final Path path;
    private final int number;
    private boolean closed;

    private Descriptor(Path path, int number) {
        this.path = path;
        this.number = number;
    }

    static Descriptor open(Path path, int flags) throws IOException {
        int number =
                Calls.check(
                        "open " + path,
                        (errno, arena) ->
                                (int)
                                        OPEN.invokeExact(
                                                errno,
                                                arena.allocateFrom(path.toString()),
                                                flags | CLOSE_ON_EXEC));
        return new Descriptor(path, number);
    }

    int number() {
        return number;
    }

    /** {@return what the call returned, at least 0} */
    int control(String what, long request, MemorySegment argument) throws IOException {
        return Calls.check(
                what, (errno, _) -> (int) IOCTL.invokeExact(errno, number, request, argument));
    }

    /** With a number where others have an address. */
    int control(String what, long request, long argument) throws IOException {
        return control(what, request, MemorySegment.ofAddress(argument));
    }

    /** {@return whether something is to be read, or happened, within the time} */
    boolean await(Duration limit) throws IOException {
        int ready =
                Calls.check(
                        "poll " + path,
                        (errno, arena) -> {
                            MemorySegment poll = arena.allocate(8, 4); // struct pollfd
                            poll.set(ValueLayout.JAVA_INT, 0, number);
                            poll.set(ValueLayout.JAVA_SHORT, 4, READABLE);
                            return (int) POLL.invokeExact(errno, poll, 1L, (int) limit.toMillis());
                        });
        return ready > 0;
    }

    /** {@return how many bytes were read, 0 at the end} */
    int read(MemorySegment buffer) throws IOException {
        return Calls.check(
                "read " + path,
                (errno, _) -> (int) READ.invokeExact(errno, number, buffer, buffer.byteSize()));
    }

    void allocate(long offset, long length) throws IOException {
        Calls.check(
                "allocate " + length + " bytes of " + path,
                (errno, _) -> (int) FALLOCATE.invokeExact(errno, number, 0, offset, length));
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            Calls.check("close " + path, (errno, _) -> (int) CLOSE.invokeExact(errno, number));
        }
    }
}
