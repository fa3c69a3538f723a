// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Small JSON files, each written once. */
public final class RecordFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private RecordFile() {}

    /**
     * @throws IOException if there is none, or none that makes sense
     */
    public static <T> T read(Path file, Class<T> type) throws IOException {
        // Whatever lies there by accident or malice: a folder, a link, a device without end.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file + " is no file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IOException(file + " is too large");
        }
        try {
            // JSON's null is no record.
            return Objects.requireNonNull(JSON.readValue(bytes, type));
        } catch (JacksonException | NullPointerException e) {
            throw new IOException(file + " is damaged", e);
        }
    }

    /** Writes a new file; on disk on return. */
    public static void write(Path file, Object record) throws IOException {
        var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(record));
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
