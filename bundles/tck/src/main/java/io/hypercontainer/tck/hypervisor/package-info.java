// SPDX-License-Identifier: Apache-2.0
/** What hypervisors have to keep. */
@NullMarked
package io.hypercontainer.tck.hypervisor;

import org.jspecify.annotations.NullMarked;
