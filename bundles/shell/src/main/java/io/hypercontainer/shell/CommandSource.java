// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.command.Command;

/** Makes instances of one command, one for each run. */
public interface CommandSource {
    /** {@return a fresh instance} */
    Command create();

    /**
     * Gives an instance back.
     *
     * @param command from {@link #create}
     */
    void release(Command command);
}
