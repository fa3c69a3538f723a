// SPDX-License-Identifier: Apache-2.0
/**
 * What a user asks for, checked and completed from image and configuration. No state, no drivers.
 */
@NullMarked
package io.hypercontainer.runtime.spec;

import org.jspecify.annotations.NullMarked;
