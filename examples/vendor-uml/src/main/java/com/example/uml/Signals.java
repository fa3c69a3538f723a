// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Signals that the JDK cannot send. */
final class Signals {
    /** Numbers on x86-64. */
    static final int ALRM = 14;

    static final int CONT = 18;
    static final int STOP = 19;

    private static final MethodHandle KILL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));

    private Signals() {}

    /** {@return whether there is such a process and it could be sent to} */
    static boolean send(long pid, int signal) {
        try {
            return (int) KILL.invokeExact(Math.toIntExact(pid), signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2)", e);
        }
    }
}
