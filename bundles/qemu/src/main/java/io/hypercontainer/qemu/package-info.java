// SPDX-License-Identifier: Apache-2.0
/** Drives QEMU: one confined process a virtual machine, controlled over QMP alone. */
@NullMarked
package io.hypercontainer.qemu;

import org.jspecify.annotations.NullMarked;
