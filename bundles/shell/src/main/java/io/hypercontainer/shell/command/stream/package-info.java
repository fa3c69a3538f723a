// SPDX-License-Identifier: Apache-2.0
/** A process in the foreground: its streams, keys and signals tied to those of a session. */
@NullMarked
package io.hypercontainer.shell.command.stream;

import org.jspecify.annotations.NullMarked;
