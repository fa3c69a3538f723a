// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.host.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is kept about a container's root file system beside its disk.
 *
 * @param version of this record's form
 * @param layers diff ids, lowest first
 */
record RootRecord(int version, List<String> layers) {
    private static final int VERSION = 1;
    private static final Pattern DIFF_ID = Pattern.compile("sha256:[0-9a-f]{64}");

    RootRecord {
        layers = List.copyOf(layers);
    }

    static RootRecord of(List<String> layers) {
        return new RootRecord(VERSION, layers);
    }

    /**
     * Reads a record.
     *
     * @throws IOException if there is none, or none that makes sense
     */
    static RootRecord read(Path file) throws IOException {
        RootRecord record = RecordFile.read(file, RootRecord.class);
        boolean wellFormed = record.layers.stream().allMatch(id -> DIFF_ID.matcher(id).matches());
        if (record.version != VERSION || !wellFormed) {
            throw new IOException(file + " is of another version or damaged");
        }
        return record;
    }

    /** Writes it to a new file; on disk on return. */
    void write(Path file) throws IOException {
        RecordFile.write(file, this);
    }
}
