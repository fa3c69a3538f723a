// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

/** A lock that is held. */
interface Held extends AutoCloseable {
    /** Gives it back. */
    @Override
    void close();
}
