// SPDX-License-Identifier: Apache-2.0
/**
 * Drives Xen from dom0: machines through {@code xl}, devices through xenstore, networks through
 * slirp4netns.
 */
@NullMarked
package io.hypercontainer.xen;

import org.jspecify.annotations.NullMarked;
