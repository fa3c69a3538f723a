// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.copy;

import java.util.Optional;

/**
 * Where something is: {@code CONTAINER:PATH}, or a path of the client. {@code /a:b} and {@code
 * ./a:b} are the client's.
 *
 * @param container the container; empty for the client
 * @param path the path as it was written, {@code -} for a stream
 */
public record Place(Optional<String> container, String path) {
    /**
     * @param text what was written
     * @return the place
     */
    public static Place parse(String text) {
        int colon = text.indexOf(':');
        return colon < 1 || text.startsWith("/") || text.startsWith(".")
                ? new Place(Optional.empty(), text)
                : new Place(Optional.of(text.substring(0, colon)), text.substring(colon + 1));
    }

    /** {@return whether it is standard input or output} */
    public boolean isStream() {
        return container.isEmpty() && path.equals("-");
    }
}
