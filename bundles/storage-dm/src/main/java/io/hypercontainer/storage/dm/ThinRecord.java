// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is kept about a thin device. It holds once the pool has reached its transaction: the pool's
 * own metadata decide whether what a crash has cut off happened.
 *
 * @param version of this record's form
 * @param thin id in the pool
 * @param transaction of the pool by which it was made
 * @param bytes its size
 * @param layers diff ids of the layers that it was made of, lowest first
 * @param shared bytes that it had when it was made, which others have too
 * @param labels of a volume
 * @param created milliseconds since 1970
 */
record ThinRecord(
        int version,
        int thin,
        long transaction,
        long bytes,
        List<String> layers,
        long shared,
        Map<String, String> labels,
        long created) {
    private static final int VERSION = 1;
    static final int LAST_THIN = (1 << 24) - 1;

    ThinRecord {
        layers = List.copyOf(layers);
        labels = Map.copyOf(labels);
    }

    static ThinRecord of(
            int thin,
            long transaction,
            long bytes,
            List<String> layers,
            long shared,
            Map<String, String> labels) {
        return new ThinRecord(
                VERSION,
                thin,
                transaction,
                bytes,
                layers,
                shared,
                labels,
                System.currentTimeMillis());
    }

    static ThinRecord read(Path file) throws IOException {
        ThinRecord record = Records.read(file, ThinRecord.class);
        if (record.version != VERSION
                || record.thin < 0
                || record.thin > LAST_THIN
                || record.bytes <= 0) {
            throw new IOException(file + " is of another version or damaged");
        }
        return record;
    }
}
