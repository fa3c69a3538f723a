// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/**
 * The program of a new process could not be executed. Checked, because every caller turns it into
 * an exit code.
 */
public final class CannotExecute extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean missing;

    /**
     * Makes the error.
     *
     * @param message one line: which program, why
     * @param missing whether the program does not exist (as opposed to: is not executable)
     */
    public CannotExecute(String message, boolean missing) {
        super(message);
        this.missing = missing;
    }

    /**
     * {@return 127 if the program does not exist, 126 if it cannot be executed, as shells have it}
     */
    public int exitCode() {
        return missing ? 127 : 126;
    }
}
