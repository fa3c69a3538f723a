// SPDX-License-Identifier: Apache-2.0
/**
 * Writes files into an ext4 file system that only this package and mke2fs have written, without
 * mounting it. Structures are those of Linux, Documentation/filesystems/ext4; offsets are bytes.
 */
@NullMarked
package io.hypercontainer.storage.dm.ext4;

import org.jspecify.annotations.NullMarked;
