// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;

/** A system call that the kernel refused. */
public final class CallFailed extends IOException {
    /** No such device or address, of device-mapper: no device of that name. */
    public static final int ENXIO = 6;

    /** Somebody else has it, or has it open. */
    public static final int EBUSY = 16;

    /** It is there already. */
    public static final int EEXIST = 17;

    /** No such device. */
    public static final int ENODEV = 19;

    /** An argument that makes no sense, or a state in which the call makes none. */
    public static final int EINVAL = 22;

    /** The file system is full. */
    public static final int ENOSPC = 28;

    /** No data, of device-mapper: the pool has no thin device of that id. */
    public static final int ENODATA = 61;

    private static final long serialVersionUID = 1L;

    private final int errno;

    CallFailed(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** {@return the kernel's error number (errno(3))} */
    public int errno() {
        return errno;
    }
}
