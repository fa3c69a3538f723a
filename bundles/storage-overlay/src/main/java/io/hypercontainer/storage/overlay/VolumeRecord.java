// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.host.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What is kept about a volume beside its disk.
 *
 * @param version of this record's form
 * @param labels its labels
 */
record VolumeRecord(int version, Map<String, String> labels) {
    private static final int VERSION = 1;

    VolumeRecord {
        labels = Map.copyOf(labels);
    }

    static VolumeRecord of(Map<String, String> labels) {
        return new VolumeRecord(VERSION, labels);
    }

    /**
     * Reads a record.
     *
     * @throws IOException if there is none, or none that makes sense
     */
    static VolumeRecord read(Path file) throws IOException {
        var record = RecordFile.read(file, VolumeRecord.class);
        if (record.version != VERSION) {
            throw new IOException(file + " is of another version");
        }
        return record;
    }

    /** Writes it to a new file; on disk on return. */
    void write(Path file) throws IOException {
        RecordFile.write(file, this);
    }
}
