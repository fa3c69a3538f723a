// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is kept about a pool.
 *
 * @param version of this record's form
 * @param id told by the pool in device-mapper, so that another of the same name is known
 * @param name in device-mapper
 * @param block bytes that are shared and copied at once
 * @param dataDevice empty if it lies on files
 * @param metadataDevice likewise
 * @param discard whether the device for data is told what is not used any more
 */
record PoolRecord(
        int version,
        String id,
        String name,
        long block,
        String dataDevice,
        String metadataDevice,
        boolean discard) {
    static final int VERSION = 1;

    Optional<Settings.Devices> devices() {
        return dataDevice.isEmpty()
                ? Optional.empty()
                : Optional.of(new Settings.Devices(dataDevice, metadataDevice));
    }

    static PoolRecord read(Path file) throws IOException {
        PoolRecord record = Records.read(file, PoolRecord.class);
        if (record.version != VERSION) {
            throw new IOException(file + " is of another version");
        }
        return record;
    }
}
