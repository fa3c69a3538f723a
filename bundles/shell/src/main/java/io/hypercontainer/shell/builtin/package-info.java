// SPDX-License-Identifier: Apache-2.0
/** Commands that need no runtime. */
@NullMarked
package io.hypercontainer.shell.builtin;

import org.jspecify.annotations.NullMarked;
