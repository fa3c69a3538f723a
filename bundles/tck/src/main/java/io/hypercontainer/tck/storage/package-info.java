// SPDX-License-Identifier: Apache-2.0
/** What storage drivers have to keep. */
@NullMarked
package io.hypercontainer.tck.storage;

import org.jspecify.annotations.NullMarked;
