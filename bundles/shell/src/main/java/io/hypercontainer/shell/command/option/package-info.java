// SPDX-License-Identifier: Apache-2.0
/** What people write behind options, parsed once, with one clear line for what is wrong. */
@NullMarked
package io.hypercontainer.shell.command.option;

import org.jspecify.annotations.NullMarked;
