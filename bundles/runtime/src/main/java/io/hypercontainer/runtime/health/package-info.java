// SPDX-License-Identifier: Apache-2.0
/** Whether running containers are well: commands that are executed in them again and again. */
@NullMarked
package io.hypercontainer.runtime.health;

import org.jspecify.annotations.NullMarked;
