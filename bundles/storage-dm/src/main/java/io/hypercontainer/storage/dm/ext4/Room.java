// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;

/** Space on a device that has less than it says, asked for before it is written. */
@FunctionalInterface
public interface Room {
    /** As much as is wanted. */
    Room UNLIMITED = _ -> {};

    /**
     * Takes space.
     *
     * @param bytes that will be written
     * @throws IOException if there is no space for them
     */
    void take(int bytes) throws IOException;
}
