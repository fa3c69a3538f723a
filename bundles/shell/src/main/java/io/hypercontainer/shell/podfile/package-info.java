// SPDX-License-Identifier: Apache-2.0
/** Pod files: JSON or YAML that describes a pod, read into a specification or refused in detail. */
@NullMarked
package io.hypercontainer.shell.podfile;

import org.jspecify.annotations.NullMarked;
