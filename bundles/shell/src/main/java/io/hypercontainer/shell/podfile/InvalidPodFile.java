// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.util.List;

/** A pod file is wrong; all that is wrong with it is told at once. */
public final class InvalidPodFile extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidPodFile(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    InvalidPodFile(String problem) {
        this(List.of(problem));
    }

    /** {@return what is wrong, one line each, beginning with the path of the field} */
    public List<String> problems() {
        return problems;
    }
}
