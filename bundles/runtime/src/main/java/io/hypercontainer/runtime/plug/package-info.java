// SPDX-License-Identifier: Apache-2.0
/** Drivers and services that come and go while the runtime works. */
@NullMarked
package io.hypercontainer.runtime.plug;

import org.jspecify.annotations.NullMarked;
