// SPDX-License-Identifier: Apache-2.0
/**
 * Commands that people type, in hyperctl and in the Gogo shell alike.
 *
 * <p><b>Authors of commands</b> implement {@link io.hypercontainer.api.command.Command}; import
 * {@code [1.0,2)}. <b>The shell bundle</b> alone implements {@link
 * io.hypercontainer.api.command.Session}.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.hypercontainer.api.command;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
