// SPDX-License-Identifier: Apache-2.0
/**
 * System calls of Linux that Java has no method for, made with {@code java.lang.foreign}.
 *
 * <p><b>Drivers</b> may use it instead of calls of their own; import {@code [1.1,1.2)}: unlike the
 * API it grows as our drivers need it. <b>We</b> keep one class for each thing of the kernel, and
 * turn every error into an {@link java.io.IOException} that says which call failed, on what, and
 * why.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.hypercontainer.linux;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
