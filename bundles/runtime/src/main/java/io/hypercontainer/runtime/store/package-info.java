// SPDX-License-Identifier: Apache-2.0
/** What survives the daemon: one JSON file a container, and one for each running machine. */
@NullMarked
package io.hypercontainer.runtime.store;

import org.jspecify.annotations.NullMarked;
