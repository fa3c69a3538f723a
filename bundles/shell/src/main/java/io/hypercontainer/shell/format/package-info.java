// SPDX-License-Identifier: Apache-2.0
/** How commands print tables, sizes and times. */
@NullMarked
package io.hypercontainer.shell.format;

import org.jspecify.annotations.NullMarked;
