// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;

/** Where the byte channel to a guest agent can be opened on the host. */
public sealed interface ChannelAddress {
    /**
     * A unix socket that accepts one connection at a time.
     *
     * @param path the socket
     */
    record UnixSocket(Path path) implements ChannelAddress {}

    /**
     * A character device, such as the pty of a Xen console.
     *
     * @param path the device
     */
    record Device(Path path) implements ChannelAddress {}
}
