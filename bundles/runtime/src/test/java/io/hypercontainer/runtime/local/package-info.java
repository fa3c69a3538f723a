// SPDX-License-Identifier: Apache-2.0
/**
 * Drivers for tests of the runtime alone: a "guest" is a set of ordinary processes of the host, so
 * that programs, signals, exit codes and streams are real while machines start in no time and can
 * be made to fail at will. Guests outlive the runtime that started them, as machines do.
 */
@NullMarked
package io.hypercontainer.runtime.local;

import org.jspecify.annotations.NullMarked;
