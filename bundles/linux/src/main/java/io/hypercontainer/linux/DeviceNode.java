// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Names of block devices in folders of our own (mknod(2)). */
public final class DeviceNode {
    private static final int BLOCK = 0060000; // S_IFBLK
    private static final int OWNER = 0600;
    private static final MethodHandle MKNOD =
            Calls.function(
                    "mknod",
                    new Linker.Option[] {},
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG);

    private DeviceNode() {}

    /**
     * Makes a name for a block device that only its owner may use. It is of no use on a file system
     * that is mounted with {@code nodev}.
     *
     * @param path nothing is there yet
     * @param major the device's major number
     * @param minor its minor number
     * @throws IOException if the kernel refuses
     */
    public static void makeBlock(Path path, int major, int minor) throws IOException {
        long device = // as gnu_dev_makedev has it
                (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & ~0xffL) << 12);
        Calls.check(
                "make device node " + path,
                (errno, arena) ->
                        (int)
                                MKNOD.invokeExact(
                                        errno,
                                        arena.allocateFrom(path.toString()),
                                        BLOCK | OWNER,
                                        device));
    }
}
