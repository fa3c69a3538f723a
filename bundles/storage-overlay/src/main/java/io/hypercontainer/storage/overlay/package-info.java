// SPDX-License-Identifier: Apache-2.0
/** The storage driver {@code overlay}: image layers as EROFS images, writable disks as ext4. */
@NullMarked
package io.hypercontainer.storage.overlay;

import org.jspecify.annotations.NullMarked;
