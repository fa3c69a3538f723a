// SPDX-License-Identifier: Apache-2.0
/**
 * Tar archives of a client's files. Names are kept as the bytes that they are, one a {@code char};
 * {@link io.hypercontainer.shell.archive.RawText} turns them into text and back.
 */
@NullMarked
package io.hypercontainer.shell.archive;

import org.jspecify.annotations.NullMarked;
