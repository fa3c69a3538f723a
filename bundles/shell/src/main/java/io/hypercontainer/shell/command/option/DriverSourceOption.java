// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.DriverSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Where a bundle is: an address that the daemon fetches, a file of the client, or its input. */
public final class DriverSourceOption {
    private static final Pattern ADDRESS = Pattern.compile("(https?://|mvn:).*");
    private static final String INPUT = "-";

    private DriverSourceOption() {}

    /**
     * @param session has the client's files
     * @param source what was typed
     * @param use what to do with it, while it is open
     * @return what that gave
     * @throws InvalidSpec if the file cannot be read
     * @throws IOException if the client is gone
     */
    public static <T> T with(Session session, String source, Function<DriverSource, T> use)
            throws IOException {
        if (ADDRESS.matcher(source).matches()) {
            return use.apply(new DriverSource.Address(source));
        }
        if (source.equals(INPUT)) {
            return use.apply(new DriverSource.Content("standard input", session.in()));
        }
        try (InputStream content = ClientFile.open(session, source)) {
            return use.apply(new DriverSource.Content(fileName(source), content));
        }
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
