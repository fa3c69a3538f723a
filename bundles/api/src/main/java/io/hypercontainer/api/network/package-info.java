// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between the runtime and a network driver.
 *
 * <p><b>Driver authors</b> implement {@link io.hypercontainer.api.network.NetworkDriver}; import
 * {@code [1.0,2)}. <b>The runtime</b> is the only caller and keeps the {@link
 * io.hypercontainer.api.network.Endpoint endpoints}.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.hypercontainer.api.network;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
