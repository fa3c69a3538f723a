// SPDX-License-Identifier: Apache-2.0
/** Reads the archives of image layers, which may be hostile. */
@NullMarked
package io.hypercontainer.storage.layer;

import org.jspecify.annotations.NullMarked;
