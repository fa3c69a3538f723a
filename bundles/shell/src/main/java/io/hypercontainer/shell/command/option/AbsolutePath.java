// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths as text; nothing is looked up. */
final class AbsolutePath {
    private AbsolutePath() {}

    /** A path in the container, without {@code .}, {@code ..} and doubled slashes. */
    static String target(String spec, String path) {
        if (!path.startsWith("/")) {
            throw new InvalidSpec(
                    "invalid mount '" + spec + "': path '" + path + "' must be absolute");
        }
        String clean = clean(spec, path);
        if (clean.equals("/")) {
            throw new InvalidSpec("invalid mount '" + spec + "': it cannot be mounted on '/'");
        }
        return clean;
    }

    /** A path of the host; a relative one starts where the client is. */
    static String source(String spec, String path, String workingDirectory) {
        return clean(spec, path.startsWith("/") ? path : workingDirectory + "/" + path);
    }

    private static String clean(String spec, String path) {
        try {
            return Path.of(path).normalize().toString();
        } catch (InvalidPathException e) {
            throw new InvalidSpec("invalid mount '" + spec + "': " + e.getReason(), e);
        }
    }
}
