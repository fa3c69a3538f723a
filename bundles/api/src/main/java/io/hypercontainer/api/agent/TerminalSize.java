// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/**
 * Size of a terminal in characters.
 *
 * @param rows 0 to 65535; 0 means unknown
 * @param columns 0 to 65535; 0 means unknown
 */
public record TerminalSize(int rows, int columns) {
    /** Refuses what does not fit the kernel's {@code struct winsize}. */
    public TerminalSize {
        if (rows < 0 || rows > 65535 || columns < 0 || columns > 65535) {
            throw new io.hypercontainer.api.InvalidSpec(
                    "terminal size " + rows + "x" + columns + " is out of range (0 to 65535)");
        }
    }
}
