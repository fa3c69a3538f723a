// SPDX-License-Identifier: Apache-2.0
/** The network driver {@code user}: a private network for each pod inside its hypervisor. */
@NullMarked
package io.hypercontainer.network.user;

import org.jspecify.annotations.NullMarked;
