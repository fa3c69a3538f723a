// SPDX-License-Identifier: Apache-2.0
/**
 * The image store: images by name, from registries and archives, as layers for storage drivers.
 *
 * <p><b>Callers</b> (commands, the runtime) use {@link io.hypercontainer.api.image.Images}; import
 * {@code [1.0,2)}. <b>Only the image bundle</b> implements it.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.hypercontainer.api.image;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
