// SPDX-License-Identifier: Apache-2.0
/** What containers print, kept in docker's json-file format with rotation. */
@NullMarked
package io.hypercontainer.runtime.log;

import org.jspecify.annotations.NullMarked;
