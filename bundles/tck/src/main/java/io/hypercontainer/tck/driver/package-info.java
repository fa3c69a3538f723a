// SPDX-License-Identifier: Apache-2.0
/** What all drivers have to keep. */
@NullMarked
package io.hypercontainer.tck.driver;

import org.jspecify.annotations.NullMarked;
