// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Health;
import java.util.List;

/** A running container as those see it who look after its health. */
public interface Patient {
    /**
     * Executes a check in it.
     *
     * @param command program and arguments
     * @return the process
     * @throws CannotExecute if it has no such program
     * @throws io.hypercontainer.api.Conflict if it does not run
     */
    Attachment execute(List<String> command) throws CannotExecute;

    /**
     * More is known about it.
     *
     * @param before what was known
     * @param now what is known now
     */
    void noted(Health before, Health now);
}
