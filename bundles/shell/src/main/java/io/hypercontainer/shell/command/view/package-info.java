// SPDX-License-Identifier: Apache-2.0
/**
 * Containers, images and the daemon as {@code --format}, {@code ps} and {@code inspect} see them.
 */
@NullMarked
package io.hypercontainer.shell.command.view;

import org.jspecify.annotations.NullMarked;
