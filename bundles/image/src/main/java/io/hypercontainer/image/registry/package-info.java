// SPDX-License-Identifier: Apache-2.0
/**
 * Images from registries: the OCI distribution protocol, its authorization, and downloads that
 * survive broken connections.
 */
@NullMarked
package io.hypercontainer.image.registry;

import org.jspecify.annotations.NullMarked;
