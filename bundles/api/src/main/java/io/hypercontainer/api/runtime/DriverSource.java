// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.io.InputStream;

/** Where the bundle of a driver comes from. */
public sealed interface DriverSource {
    /**
     * Bytes that the caller has.
     *
     * @param name what to call them in messages, such as a file's name
     * @param jar the jar, read to its end, not closed
     */
    record Content(String name, InputStream jar) implements DriverSource {}

    /**
     * Something that the daemon fetches.
     *
     * @param address {@code http://…}, {@code https://…} or {@code mvn:group:artifact:version}
     */
    record Address(String address) implements DriverSource {}
}
