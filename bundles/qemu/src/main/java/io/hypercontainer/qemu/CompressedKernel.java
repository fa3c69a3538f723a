// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.hypercontainer.api.InvalidSpec;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel as distributions ship it: set-up code, and a compressed ELF file at the place that the
 * boot header names (kernel.org, Documentation/arch/x86/boot.rst, "payload_offset").
 */
final class CompressedKernel {
    private static final int HEADER_MAGIC = 0x53726448; // "HdrS"
    private static final int FIRST_PROTOCOL_WITH_PAYLOAD = 0x0208;
    private static final long MAX_ELF = 512L << 20;
    private static final int LZ4_LEGACY_MAGIC = 0x184c2102;
    private static final long LZ4_LEGACY_BLOCK = 8L << 20;

    private final Path file;
    private final ByteBuffer payload;

    private CompressedKernel(Path file, ByteBuffer payload) {
        this.file = file;
        this.payload = payload;
    }

    /**
     * @param file for messages
     * @param content all of it
     */
    static CompressedKernel of(Path file, ByteBuffer content) {
        var header = content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        var size = header.capacity();
        if (size < 0x250 || header.getInt(0x202) != HEADER_MAGIC) {
            throw new InvalidSpec(
                    file + " is no Linux kernel for x86: it is neither an ELF file nor a bzImage");
        }
        if (Short.toUnsignedInt(header.getShort(0x206)) < FIRST_PROTOCOL_WITH_PAYLOAD) {
            throw new InvalidSpec(file + " is older than Linux 2.6.26");
        }
        var setupSectors = header.get(0x1f1) == 0 ? 4 : Byte.toUnsignedInt(header.get(0x1f1));
        var start = (setupSectors + 1) * 512L + Integer.toUnsignedLong(header.getInt(0x248));
        var length = Integer.toUnsignedLong(header.getInt(0x24c));
        if (length < 16 || start + length > size) {
            throw new InvalidSpec(file + " is cut off or damaged: its payload lies outside");
        }
        return new CompressedKernel(file, content.slice((int) start, (int) length));
    }

    /**
     * Writes the file that it holds.
     *
     * @return whether it is compressed in a way that is known here
     */
    boolean extract(OutputStream out) throws IOException {
        try {
            var start = payload.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            if (start.getInt(0) == LZ4_LEGACY_MAGIC) {
                lz4Legacy(start, out);
                return true;
            }
            try (var in = decompressor(start.getInt(0))) {
                if (in == null) {
                    return false;
                }
                copy(in, out, MAX_ELF);
                return true;
            }
        } catch (EOFException | ZipException | ZstdIOException | IllegalArgumentException e) {
            throw new InvalidSpec(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private @Nullable InputStream decompressor(int magic) throws IOException {
        if ((magic & 0xffff) == 0x8b1f) {
            return new GZIPInputStream(new BufferInputStream(payload));
        }
        if (magic == 0xfd2fb528) {
            // Without the length that the kernel's build appends: it is no second frame.
            var frame = payload.slice(0, payload.capacity() - Integer.BYTES);
            return new ZstdInputStream(new BufferInputStream(frame));
        }
        if ((magic & 0xffffff) == 0x685a42) {
            return new BZip2CompressorInputStream(new BufferInputStream(payload));
        }
        return null;
    }

    /**
     * The frame that {@code lz4 -l} writes: blocks that each stand alone, each behind its length,
     * without an end mark. The kernel's build puts the length of the result behind the last one.
     */
    private static void lz4Legacy(ByteBuffer frame, OutputStream out) throws IOException {
        var total = 0L;
        frame.position(4);
        while (frame.remaining() > 4) {
            var length = frame.getInt();
            if (length <= 0 || length > frame.remaining()) {
                throw new EOFException("an LZ4 block is longer than the file");
            }
            var block = new BufferInputStream(frame.slice(frame.position(), length));
            try (var in = new BlockLZ4CompressorInputStream(block)) {
                total += copy(in, out, Math.min(LZ4_LEGACY_BLOCK, MAX_ELF - total));
            }
            frame.position(frame.position() + length);
        }
    }

    private static long copy(InputStream in, OutputStream out, long limit) throws IOException {
        var buffer = new byte[1 << 16];
        var total = 0L;
        for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
            if (total > limit) {
                throw new ZipException("it unpacks to more than %d bytes".formatted(limit));
            }
            out.write(buffer, 0, n);
        }
        return total;
    }
}
