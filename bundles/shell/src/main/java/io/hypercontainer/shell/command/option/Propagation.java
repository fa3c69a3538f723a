// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.util.Set;

/** Whether mounts reach from the host into a bind mount, or out of it. Between kernels none do. */
final class Propagation {
    private static final Set<String> ALL =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");

    private Propagation() {}

    static boolean isOne(String word) {
        return ALL.contains(word);
    }

    /**
     * @throws InvalidSpec if it is not what there is anyway
     */
    static void check(String spec, String word) {
        if (!word.equals("rprivate")) {
            throw new InvalidSpec(
                    "invalid mount '"
                            + spec
                            + "': propagation '"
                            + word
                            + "' cannot be had: the container has a kernel of its own, so what is"
                            + " mounted later on the host does not appear in it, nor the other way"
                            + " round (rprivate)");
        }
    }
}
