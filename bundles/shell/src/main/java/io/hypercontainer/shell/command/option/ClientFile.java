// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.io.InputStream;

/** A file that an option names. */
public final class ClientFile {
    private ClientFile() {}

    /**
     * @param session the session
     * @param path where the client has it
     * @return its content
     * @throws InvalidSpec if it cannot be opened
     */
    public static InputStream open(Session session, String path) {
        try {
            return session.read(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    static InvalidSpec unreadable(String path, IOException e) {
        String why = String.valueOf(e.getMessage());
        String reason = why.startsWith(path + ": ") ? why.substring(path.length() + 2) : why;
        return new InvalidSpec("cannot read " + path + ": " + reason, e);
    }
}
