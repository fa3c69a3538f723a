// SPDX-License-Identifier: Apache-2.0
/** Saved machines, from which others are cloned instead of booted. */
@NullMarked
package io.hypercontainer.runtime.template;

import org.jspecify.annotations.NullMarked;
