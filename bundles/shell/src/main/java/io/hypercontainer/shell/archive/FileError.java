// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.io.IOException;

/** What a client's kernel says of a file. */
public final class FileError extends IOException {
    private static final long serialVersionUID = 1L;

    /** There is no such file. */
    public static final int NO_ENTRY = 2;

    /** There is something already. */
    public static final int EXISTS = 17;

    /** What should be a folder is none. */
    public static final int NOT_A_FOLDER = 20;

    /** It is a folder, but should not be. */
    public static final int IS_A_FOLDER = 21;

    private final int number;

    /**
     * @param number of Linux, x86-64
     * @param message what the client calls it
     */
    public FileError(int number, String message) {
        super(message);
        this.number = number;
    }

    /** {@return its number} */
    public int number() {
        return number;
    }
}
