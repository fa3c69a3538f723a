// SPDX-License-Identifier: Apache-2.0
/**
 * What hypervisors, storage and network drivers have in common: a name, a probe, an inventory of
 * what they have on the host, and a capability in the manifest.
 *
 * <p><b>Driver authors</b> implement {@link io.hypercontainer.api.driver.Driver} through one of its
 * sub-interfaces and annotate the class with {@link io.hypercontainer.api.driver.ProvidesDriver};
 * import {@code [1.0,2)}. <b>Callers</b> read names and probes.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.hypercontainer.api.driver;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
