// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.command.Session;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;

/**
 * Where a Gogo session came from, kept in a variable of it.
 *
 * @param session of the client that opened the shell
 * @param relay of its signals
 */
record Origin(Session session, SignalRelay relay) {
    private static final String VARIABLE = ".hyper.origin";

    void putInto(CommandSession gogo) {
        gogo.put(VARIABLE, this);
    }

    /** Empty for a Gogo shell that somebody else has opened. */
    static Optional<Origin> of(CommandSession gogo) {
        return gogo.get(VARIABLE) instanceof Origin origin ? Optional.of(origin) : Optional.empty();
    }
}
