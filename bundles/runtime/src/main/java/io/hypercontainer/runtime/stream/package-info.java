// SPDX-License-Identifier: Apache-2.0
/** Processes' input and output: to the log and to whoever is attached, across lost connections. */
@NullMarked
package io.hypercontainer.runtime.stream;

import org.jspecify.annotations.NullMarked;
