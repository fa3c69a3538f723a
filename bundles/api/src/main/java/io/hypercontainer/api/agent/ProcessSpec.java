// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.util.List;
import java.util.Optional;

/**
 * A process to start in a container.
 *
 * @param id unique in the container, {@link GuestProcess#INIT} for the first
 * @param args program and arguments, at least one; the program is looked up in the container's
 *     {@code PATH} unless it contains a slash
 * @param env {@code NAME=value} each, complete but for {@code HOME}, which the guest takes from the
 *     image's passwd file if it is not given
 * @param workdir working directory; made if it is missing
 * @param user {@code user[:group]}, names (looked up in the image) or numbers; empty for root
 * @param terminal its size if it shall have a terminal
 * @param stdin whether it gets a standard input; without, it reads end of file at once
 * @param privileged whether it has all capabilities instead of docker's default set
 * @param groups further groups, names or numbers
 * @param ulimits limits of the process
 */
public record ProcessSpec(
        String id,
        List<String> args,
        List<String> env,
        String workdir,
        String user,
        Optional<TerminalSize> terminal,
        boolean stdin,
        boolean privileged,
        List<String> groups,
        List<Ulimit> ulimits) {
    /** Keeps unmodifiable copies. */
    public ProcessSpec {
        args = List.copyOf(args);
        env = List.copyOf(env);
        groups = List.copyOf(groups);
        ulimits = List.copyOf(ulimits);
    }
}
