// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.nio.charset.StandardCharsets;

/** What a finished command left: its exit code and what it printed. */
record Result(int exit, byte[] output, String err) {
    String out() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** The output as it is expected of a command that must succeed. */
    String ok() {
        if (exit != 0) {
            throw new AssertionError("exit " + exit + "\nstdout: " + out() + "\nstderr: " + err);
        }
        return out();
    }

    @Override
    public String toString() {
        return "exit " + exit + ", out '" + out() + "', err '" + err + "'";
    }
}
