// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.command;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One command. The class carries picocli's annotations for name, options and parameters and is
 * published as an OSGi service of this type with prototype scope ({@code @Component(service =
 * Command.class, scope = ServiceScope.PROTOTYPE)}): each run gets an instance of its own with the
 * fields filled in. It appears at once as {@code hyperctl <name>} and as {@code hyper:<name>} in
 * the Gogo shell, with {@code --help} and completion.
 */
@ConsumerType
public interface Command {
    /**
     * Runs the command on the calling thread, which is interrupted when the client goes away.
     *
     * @param session the streams, terminal and environment of whoever typed it
     * @return the exit code: 0 for success, 125 is for errors of the daemon, 126 and 127 for
     *     programs that cannot be executed or found
     * @throws io.hypercontainer.api.HyperException printed as one line, exit code 125 for {@code
     *     run}, {@code create} and {@code exec}, else 1
     * @throws java.io.IOException if a stream of the session breaks: the client is gone
     */
    int run(Session session) throws java.io.IOException;

    /**
     * Proposes values for an argument while it is typed.
     *
     * @param argument picocli's label of the option or parameter without brackets, such as {@code
     *     CONTAINER}
     * @param prefix what has been typed of it
     * @return values that start with the prefix; empty if there are none
     */
    default List<String> complete(String argument, String prefix) {
        return List.of();
    }
}
