// SPDX-License-Identifier: Apache-2.0
/** Implements {@link io.hypercontainer.api.image.Images}. */
@NullMarked
package io.hypercontainer.image;

import org.jspecify.annotations.NullMarked;
