// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.TerminalSize;
import java.util.List;
import java.util.Optional;

/**
 * A further process for a container.
 *
 * @param args program and arguments
 * @param env {@code NAME=value} each, over the container's
 * @param user {@code user[:group]} instead of the container's
 * @param workdir working directory instead of the container's
 * @param terminal its size if it shall have a terminal
 * @param stdin whether it gets a standard input
 * @param privileged give it all capabilities
 */
public record ExecSpec(
        List<String> args,
        List<String> env,
        Optional<String> user,
        Optional<String> workdir,
        Optional<TerminalSize> terminal,
        boolean stdin,
        boolean privileged) {
    /** Keeps unmodifiable copies. */
    public ExecSpec {
        args = List.copyOf(args);
        env = List.copyOf(env);
    }
}
