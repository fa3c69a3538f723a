// SPDX-License-Identifier: Apache-2.0
/** What {@code cp} copies where, by docker's rules. */
@NullMarked
package io.hypercontainer.shell.command.copy;

import org.jspecify.annotations.NullMarked;
