// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import com.github.luben.zstd.ZstdInputStream;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How content is compressed, told by its first bytes as docker does. */
public enum Decompression {
    /** Not at all. */
    NONE(""),
    /** gzip, with any number of members. */
    GZIP("+gzip"),
    /** Zstandard, with any number of frames. */
    ZSTD("+zstd");

    private static final int MAGIC = 6;
    private static final int BUFFER = 1 << 16;

    private final String suffix;

    Decompression(String suffix) {
        this.suffix = suffix;
    }

    /** {@return the media type of a layer that is compressed like this} */
    public String layerType() {
        return MediaTypes.OCI_LAYER + suffix;
    }

    /**
     * @param in content
     * @param where what it is, for messages
     * @return the content, uncompressed
     * @throws IOException if it cannot be read
     */
    public static InputStream open(InputStream in, String where) throws IOException {
        PeekableInputStream peekable = new PeekableInputStream(in, BUFFER);
        return switch (of(peekable.peek(MAGIC), where)) {
            case NONE -> peekable;
            case GZIP -> new GZIPInputStream(peekable, BUFFER);
            case ZSTD -> new ZstdInputStream(peekable);
        };
    }

    /**
     * @param in content, from its beginning
     * @param where what it is, for messages
     * @return how it is compressed
     * @throws IOException if it cannot be read
     */
    public static Decompression detect(InputStream in, String where) throws IOException {
        return of(in.readNBytes(MAGIC), where);
    }

    private static Decompression of(byte[] magic, String where) {
        if (startsWith(magic, 0x1f, 0x8b)) {
            return GZIP;
        }
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return ZSTD;
        }
        if (startsWith(magic, 'B', 'Z', 'h') || startsWith(magic, 0xfd, '7', 'z', 'X', 'Z')) {
            throw new InvalidSpec(
                    where + " is compressed with bzip2 or xz; only gzip and zstd are read");
        }
        return NONE;
    }

    private static boolean startsWith(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
