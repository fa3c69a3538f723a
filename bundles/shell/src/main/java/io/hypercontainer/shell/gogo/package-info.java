// SPDX-License-Identifier: Apache-2.0
/** The Gogo shell: hyper commands as its functions, and {@code hyperctl shell} to get into it. */
@NullMarked
package io.hypercontainer.shell.gogo;

import org.jspecify.annotations.NullMarked;
