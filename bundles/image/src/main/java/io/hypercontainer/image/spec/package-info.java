// SPDX-License-Identifier: Apache-2.0
/**
 * What images are made of, as the OCI image specification and docker's older formats have it:
 * references, digests, manifests, configurations. Text from outside becomes a record here or an
 * error.
 */
@NullMarked
package io.hypercontainer.image.spec;

import org.jspecify.annotations.NullMarked;
