// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between the runtime and a storage driver: image layers in, root file systems and
 * volumes out.
 *
 * <p><b>Driver authors</b> implement {@link io.hypercontainer.api.storage.StorageDriver}; import
 * {@code [1.0,2)}. <b>The runtime and the image store</b> are the only callers.
 *
 * <p>The host never mounts a file system that a guest has written. What a container has changed is
 * therefore read inside a guest, by the agent, and is no concern of this contract.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.hypercontainer.api.storage;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
