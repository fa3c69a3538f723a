// SPDX-License-Identifier: Apache-2.0
/** How fetching and loading an image looks while it goes on. */
@NullMarked
package io.hypercontainer.shell.command.progress;

import org.jspecify.annotations.NullMarked;
