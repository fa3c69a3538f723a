// SPDX-License-Identifier: Apache-2.0
/** Takes drivers' bundles in, exchanges them and takes them out, while the daemon works. */
@NullMarked
package io.hypercontainer.runtime.driver;

import org.jspecify.annotations.NullMarked;
