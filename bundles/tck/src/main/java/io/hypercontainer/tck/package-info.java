// SPDX-License-Identifier: Apache-2.0
/** The driver test kit: checks a driver against the contract in the API. */
@NullMarked
package io.hypercontainer.tck;

import org.jspecify.annotations.NullMarked;
