// SPDX-License-Identifier: Apache-2.0
/** What the checks stand on: a framework with the driver in it, guests, and a look at the host. */
@NullMarked
package io.hypercontainer.tck.kit;

import org.jspecify.annotations.NullMarked;
