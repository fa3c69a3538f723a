// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon's end of the client protocol (docs/client-protocol.md): a unix socket, frames, and
 * sessions made of them. What a client sends is taken to be hostile.
 */
@NullMarked
package io.hypercontainer.shell.socket;

import org.jspecify.annotations.NullMarked;
