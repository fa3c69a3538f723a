// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import com.github.luben.zstd.ZstdInputStream;
import io.hypercontainer.api.InvalidSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
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
    private static final int MAX_ELF = 512 << 20;
    private static final int LZ4_LEGACY_MAGIC = 0x184c2102;
    private static final int LZ4_LEGACY_BLOCK = 8 << 20;

    private final Path file;
    private final byte[] payload;

    private CompressedKernel(Path file, byte[] payload) {
        this.file = file;
        this.payload = payload;
    }

    static CompressedKernel of(Path file, byte[] content) {
        var header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < 0x250 || header.getInt(0x202) != HEADER_MAGIC) {
            throw new InvalidSpec(
                    file + " is no Linux kernel for x86: it is neither an ELF file nor a bzImage");
        }
        if (Short.toUnsignedInt(header.getShort(0x206)) < FIRST_PROTOCOL_WITH_PAYLOAD) {
            throw new InvalidSpec(file + " is older than Linux 2.6.26");
        }
        var setupSectors = content[0x1f1] == 0 ? 4 : Byte.toUnsignedInt(content[0x1f1]);
        var start = (setupSectors + 1) * 512L + Integer.toUnsignedLong(header.getInt(0x248));
        var end = start + Integer.toUnsignedLong(header.getInt(0x24c));
        if (start + 16 > end || end > content.length) {
            throw new InvalidSpec(file + " is cut off or damaged: its payload lies outside");
        }
        return new CompressedKernel(file, Arrays.copyOfRange(content, (int) start, (int) end));
    }

    /** {@return the ELF file, or empty if it is compressed in a way that is not known here} */
    Optional<byte[]> extract() {
        try (var in = decompressor()) {
            return in == null ? Optional.empty() : Optional.of(bounded(in));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSpec(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private @Nullable InputStream decompressor() throws IOException {
        var raw = new ByteArrayInputStream(payload);
        var start = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        var magic = start.getInt(0);
        if ((magic & 0xffff) == 0x8b1f) {
            return new GZIPInputStream(raw);
        }
        if (magic == 0xfd2fb528) {
            // Without the length that the kernel's build appends: it is no second frame.
            return new ZstdInputStream(
                    new ByteArrayInputStream(payload, 0, payload.length - Integer.BYTES));
        }
        if (magic == LZ4_LEGACY_MAGIC) {
            return new ByteArrayInputStream(lz4Legacy(start));
        }
        if ((magic & 0xffffff) == 0x685a42) {
            return new BZip2CompressorInputStream(raw);
        }
        return null;
    }

    /**
     * The frame that {@code lz4 -l} writes: blocks that each stand alone, each behind its length,
     * without an end mark. The kernel's build puts the length of the result behind the last one.
     */
    private byte[] lz4Legacy(ByteBuffer frame) throws IOException {
        var out = new ByteArrayOutputStream(payload.length * 4);
        frame.position(4);
        while (frame.remaining() > 4) {
            var length = frame.getInt();
            if (length <= 0 || length > frame.remaining()) {
                throw new EOFException("an LZ4 block is longer than the file");
            }
            var block = new ByteArrayInputStream(payload, frame.position(), length);
            try (var in = new BlockLZ4CompressorInputStream(block)) {
                var before = out.size();
                in.transferTo(out);
                if (out.size() - before > LZ4_LEGACY_BLOCK || out.size() > MAX_ELF) {
                    throw new IOException("an LZ4 block is larger than the format allows");
                }
            }
            frame.position(frame.position() + length);
        }
        return out.toByteArray();
    }

    private static byte[] bounded(InputStream in) throws IOException {
        var content = in.readNBytes(MAX_ELF + 1);
        if (content.length > MAX_ELF) {
            throw new IOException("it unpacks to more than " + (MAX_ELF >> 20) + " MiB");
        }
        return content;
    }
}
