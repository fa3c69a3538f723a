// SPDX-License-Identifier: Apache-2.0
/**
 * The content store on disk: blobs by digest, records of images and references, and what may be
 * deleted.
 */
@NullMarked
package io.hypercontainer.image.store;

import org.jspecify.annotations.NullMarked;
