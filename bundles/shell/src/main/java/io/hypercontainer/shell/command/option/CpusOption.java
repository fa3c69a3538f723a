// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;

/** A number of CPUs: {@code 2}, {@code 0.5}. */
public final class CpusOption {
    private CpusOption() {}

    /**
     * @param text what was written
     * @return CPUs
     * @throws InvalidSpec if it is malformed or not above 0
     */
    public static double parse(String text) {
        if (text.matches("\\d{1,6}(\\.\\d{1,9})?|\\.\\d{1,9}") && Double.parseDouble(text) > 0) {
            return Double.parseDouble(text);
        }
        throw new InvalidSpec(
                "invalid number '" + text + "' for --cpus: give a number above 0, as in 1.5");
    }
}
