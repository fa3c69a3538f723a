// SPDX-License-Identifier: Apache-2.0
/** The life of containers: made, started in a machine of their own, found again, removed. */
@NullMarked
package io.hypercontainer.runtime;

import org.jspecify.annotations.NullMarked;
