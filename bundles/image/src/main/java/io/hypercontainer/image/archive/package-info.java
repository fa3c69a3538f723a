// SPDX-License-Identifier: Apache-2.0
/** Images from archives: docker save format and OCI layouts, compressed or not. */
@NullMarked
package io.hypercontainer.image.archive;

import org.jspecify.annotations.NullMarked;
