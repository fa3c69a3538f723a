// SPDX-License-Identifier: Apache-2.0
/**
 * What every part of HyperContainer shares: the errors, and the names of the framework properties
 * through which the daemon tells its bundles where they live.
 *
 * <p><b>Driver authors</b> throw these errors and read the properties; import the package as {@code
 * [1.0,2)}. <b>Callers</b> catch them by kind.
 *
 * <p>All types of the API may be used by any number of threads at once unless their documentation
 * says otherwise. No method accepts or returns {@code null}.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.hypercontainer.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
