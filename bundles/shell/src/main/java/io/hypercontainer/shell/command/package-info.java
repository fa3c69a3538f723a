// SPDX-License-Identifier: Apache-2.0
/** The commands, one class each, with docker's names, options, output and exit codes. */
@NullMarked
package io.hypercontainer.shell.command;

import org.jspecify.annotations.NullMarked;
