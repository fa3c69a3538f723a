// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.InvalidSpec;
import java.util.Optional;

/**
 * What the driver is told. Sizes are in bytes.
 *
 * @param poolName empty for one after the daemon's folder
 * @param devices block devices for data and metadata, if the pool is not to lie on files
 */
record Settings(
        String poolName,
        Optional<Devices> devices,
        long block,
        long metadata,
        long lowWater,
        long growth,
        boolean discard,
        long rootSize,
        long volumeSize) {
    private static final long KIB = 1024;
    private static final long MIB = 1 << 20;
    private static final long BLOCK_UNIT = 64 * KIB;
    private static final long LARGEST_BLOCK = 1 << 30;

    /** Block devices of the pool. */
    record Devices(String data, String metadata) {}

    Settings {
        if (block < BLOCK_UNIT || block > LARGEST_BLOCK || block % BLOCK_UNIT != 0) {
            throw new InvalidSpec(
                    "hyper.storage.dm: blockKiB is "
                            + block / KIB
                            + "; give a multiple of 64, at most 1048576");
        }
        if (metadata < 2 * MIB || growth < MIB || lowWater < 0) {
            throw new InvalidSpec(
                    "hyper.storage.dm: metadataMiB is at least 2, growMiB at least 1, lowWaterMiB"
                            + " at least 0");
        }
        if (!poolName.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,60}|")) {
            throw new InvalidSpec(
                    "hyper.storage.dm: poolName '"
                            + poolName
                            + "': use at most 61 letters, digits, '_', '.' and '-'");
        }
    }

    static Settings of(DmConfig config) {
        boolean data = config.dataDevice().isEmpty();
        if (data != config.metadataDevice().isEmpty()) {
            throw new InvalidSpec(
                    "hyper.storage.dm: give both dataDevice and metadataDevice, or neither");
        }
        return new Settings(
                config.poolName(),
                data
                        ? Optional.empty()
                        : Optional.of(new Devices(config.dataDevice(), config.metadataDevice())),
                config.blockKiB() * KIB,
                config.metadataMiB() * MIB,
                config.lowWaterMiB() * MIB,
                config.growMiB() * MIB,
                config.discard(),
                BlankFileSystem.roundedUp(config.rootSizeMiB() * MIB),
                BlankFileSystem.roundedUp(config.volumeSizeMiB() * MIB));
    }
}
