// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.runtime.Finding;
import java.util.function.BooleanSupplier;

/**
 * Something that belongs to nobody.
 *
 * @param finding what it is
 * @param removal removes it, unless it belongs to somebody by now; says whether it did
 */
record Garbage(Finding finding, BooleanSupplier removal) {}
