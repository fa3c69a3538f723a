// SPDX-License-Identifier: Apache-2.0
/**
 * What the runtime asks of a guest.
 *
 * <p><b>Authors of a guest protocol</b> implement {@link
 * io.hypercontainer.api.agent.GuestAgentConnector}, {@link io.hypercontainer.api.agent.GuestAgent}
 * and {@link io.hypercontainer.api.agent.GuestProcess}; import {@code [1.0,2)}. <b>The runtime</b>
 * is the only caller. HyperContainer's own protocol is described in docs/guest-protocol.md.
 *
 * <p>A guest is hostile: implementations bound everything that it sends, and close the connection
 * with {@link io.hypercontainer.api.DriverFailure} when it breaks the protocol.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.hypercontainer.api.agent;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
