// SPDX-License-Identifier: Apache-2.0
/** How commands print: tables, templates, JSON, sizes and times as docker's users know them. */
@NullMarked
package io.hypercontainer.shell.format;

import org.jspecify.annotations.NullMarked;
