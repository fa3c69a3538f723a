// SPDX-License-Identifier: Apache-2.0
/** Drivers that are wrong on purpose: good ones, with faults. */
@NullMarked
package io.hypercontainer.tck.wrong;

import org.jspecify.annotations.NullMarked;
