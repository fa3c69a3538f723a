// SPDX-License-Identifier: Apache-2.0
/**
 * The facade: what users can do with containers, volumes and the daemon. Every front end (commands,
 * network APIs) uses it and nothing else of the runtime.
 *
 * <p><b>Callers</b> import {@code [1.0,2)}. <b>Only the runtime bundle</b> implements it.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.hypercontainer.api.runtime;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
