// SPDX-License-Identifier: Apache-2.0
/** How images that are made of containers are run. */
@NullMarked
package io.hypercontainer.runtime.commit;

import org.jspecify.annotations.NullMarked;
