// SPDX-License-Identifier: Apache-2.0
/**
 * The host's side of the guest protocol, described in docs/guest-protocol.md.
 *
 * <p>The guest is hostile: sizes, numbers and nesting of all that it sends are bounded, offsets and
 * windows are checked, and the first violation ends the connection.
 */
@NullMarked
package io.hypercontainer.agent;

import org.jspecify.annotations.NullMarked;
