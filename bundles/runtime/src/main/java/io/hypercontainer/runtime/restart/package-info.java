// SPDX-License-Identifier: Apache-2.0
/** When a container that has ended is started again. */
@NullMarked
package io.hypercontainer.runtime.restart;

import org.jspecify.annotations.NullMarked;
