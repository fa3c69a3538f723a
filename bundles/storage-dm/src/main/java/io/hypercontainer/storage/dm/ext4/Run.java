// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

/**
 * Blocks of a file that lie one behind the other.
 *
 * @param first number of the first one on the device
 * @param count how many
 */
record Run(long first, int count) {
    /** EXT_INIT_MAX_LEN: longer ones would count as not yet written. */
    static final int MAX = 32768;
}
