// SPDX-License-Identifier: Apache-2.0
/** What network drivers have to keep. */
@NullMarked
package io.hypercontainer.tck.network;

import org.jspecify.annotations.NullMarked;
