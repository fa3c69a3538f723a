// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;

/** {@code --pids-limit 100}; 0 and -1 mean no limit, as docker has it. */
public final class PidsOption {
    private PidsOption() {}

    /**
     * @param text what was written
     * @return most processes and threads, 0 for no limit
     * @throws InvalidSpec if it is malformed
     */
    public static int parse(String text) {
        if (text.equals("-1")) {
            return 0;
        }
        if (text.matches("\\d{1,9}")) {
            return Integer.parseInt(text);
        }
        throw new InvalidSpec(
                "invalid number '"
                        + text
                        + "' for --pids-limit: give a number, or -1 for no limit");
    }
}
