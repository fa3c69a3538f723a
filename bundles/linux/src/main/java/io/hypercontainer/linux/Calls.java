// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** Functions of the C library, and what they say when they fail. */
final class Calls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_FIELD =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(
                    address("strerror"), FunctionDescriptor.of(text(), ValueLayout.JAVA_INT));

    private Calls() {}

    private static AddressLayout text() {
        return ValueLayout.ADDRESS.withTargetLayout(
                MemoryLayout.sequenceLayout(1024, ValueLayout.JAVA_BYTE));
    }

    private static MemorySegment address(String function) {
        return LINKER.defaultLookup().findOrThrow(function);
    }

    /** {@return a function that returns an int and sets errno; its first argument takes errno} */
    static MethodHandle function(String name, Linker.Option[] more, MemoryLayout... arguments) {
        Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = ERRNO;
        return LINKER.downcallHandle(
                address(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments), options);
    }

    /** A call, given the place for errno. */
    interface Call {
        /** {@return what the function returned} */
        int make(MemorySegment errno, Arena arena) throws Throwable;
    }

    /**
     * {@return what the function returned, at least 0}
     *
     * @param what the call and what it is about, for the message
     */
    static int check(String what, Call call) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            int result = call.make(errno, arena);
            if (result < 0) {
                int number = (int) ERRNO_FIELD.get(errno, 0L);
                throw new CallFailed(what + ": " + message(number), number);
            }
            return result;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(what, e); // a call has no checked exceptions
        }
    }

    private static String message(int number) throws Throwable {
        MemorySegment said = (MemorySegment) STRERROR.invokeExact(number);
        return said.getString(0);
    }
}
