// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses what tests store. */
public enum Compression {
    NONE("") {
        @Override
        public byte[] of(byte[] content) {
            return content;
        }
    },
    GZIP("+gzip") {
        @Override
        public byte[] of(byte[] content) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }
    },
    /** In two members, as parallel compressors write. */
    GZIP_MEMBERS("+gzip") {
        @Override
        public byte[] of(byte[] content) {
            int half = content.length / 2;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(GZIP.of(java.util.Arrays.copyOf(content, half)));
            out.writeBytes(GZIP.of(java.util.Arrays.copyOfRange(content, half, content.length)));
            return out.toByteArray();
        }
    },
    ZSTD("+zstd") {
        @Override
        public byte[] of(byte[] content) {
            return Zstd.compress(content);
        }
    };

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    public abstract byte[] of(byte[] content);

    public String layerType() {
        return "application/vnd.oci.image.layer.v1.tar" + suffix;
    }
}
