// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

/**
 * How large disks are for which nobody names a size, in bytes.
 *
 * @param root of a container
 * @param volume of a volume
 */
record DefaultSizes(long root, long volume) {
    static DefaultSizes of(OverlayConfig config) {
        return ofMib(config.rootSizeMiB(), config.volumeSizeMiB());
    }

    static DefaultSizes ofMib(long root, long volume) {
        return new DefaultSizes(root * Ext4Template.MIB, volume * Ext4Template.MIB);
    }
}
