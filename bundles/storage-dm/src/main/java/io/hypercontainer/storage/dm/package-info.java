// SPDX-License-Identifier: Apache-2.0
/** The storage driver {@code dm}: every root file system and volume is a thin block device. */
@NullMarked
package io.hypercontainer.storage.dm;

import org.jspecify.annotations.NullMarked;
