// SPDX-License-Identifier: Apache-2.0
/** What happened: the last events, in memory for readers and on disk for the next daemon. */
@NullMarked
package io.hypercontainer.runtime.event;

import org.jspecify.annotations.NullMarked;
