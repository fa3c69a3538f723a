// SPDX-License-Identifier: Apache-2.0
/** What drivers do on the host: programs, small records on disk, names, errors. */
@NullMarked
package io.hypercontainer.storage.host;

import org.jspecify.annotations.NullMarked;
