// SPDX-License-Identifier: Apache-2.0
/** The daemon's configuration: ConfigAdmin's, with hyperd's file over it. */
@NullMarked
package io.hypercontainer.runtime.config;

import org.jspecify.annotations.NullMarked;
