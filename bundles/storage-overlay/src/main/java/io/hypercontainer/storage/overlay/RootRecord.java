// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is kept about a container's root file system beside its disk.
 *
 * @param version of this record's form
 * @param layers diff ids, lowest first
 */
record RootRecord(int version, List<String> layers) {
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern DIFF_ID = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final JsonMapper JSON = new JsonMapper();

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
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " is no file of at most " + MAX_BYTES + " bytes");
        }
        try {
            RootRecord record = JSON.readValue(Files.readAllBytes(file), RootRecord.class);
            boolean wellFormed =
                    record.layers.stream().allMatch(id -> DIFF_ID.matcher(id).matches());
            if (record.version != VERSION || !wellFormed) {
                throw new IOException(file + " is of another version or damaged");
            }
            return record;
        } catch (JacksonException | NullPointerException e) {
            throw new IOException(file + " is damaged", e);
        }
    }

    /** Writes it to a new file; on disk on return. */
    void write(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(this));
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
