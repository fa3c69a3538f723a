// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Takes frames off a channel. */
final class FrameReader {
    private final ReadableByteChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(4 * (Frame.HEADER + Frame.PAYLOAD_LIMIT)).flip();

    FrameReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** Waits for the next frame; {@code null} if the client is gone. */
    @Nullable Frame next() throws IOException {
        while (buffer.remaining() < Frame.HEADER) {
            if (!fill()) {
                if (buffer.hasRemaining()) {
                    throw new EOFException("the connection ended inside a frame");
                }
                return null;
            }
        }
        byte type = buffer.get();
        int length = buffer.getInt();
        int limit = type == FrameType.INVOKE ? Frame.INVOKE_LIMIT : Frame.PAYLOAD_LIMIT;
        if (length < 0 || length > limit) {
            throw new ProtocolException(
                    "a frame of %d bytes, type 0x%02x"
                            .formatted(Integer.toUnsignedLong(length), type));
        }
        return new Frame(type, payload(length));
    }

    private byte[] payload(int length) throws IOException {
        // Grows with what has arrived, not with what was announced.
        byte[] payload = new byte[Math.min(length, Frame.PAYLOAD_LIMIT)];
        int filled = 0;
        while (filled < length) {
            if (!buffer.hasRemaining() && !fill()) {
                throw new EOFException("the connection ended inside a frame");
            }
            if (filled == payload.length) {
                payload = java.util.Arrays.copyOf(payload, Math.min(length, 2 * payload.length));
            }
            int n = Math.min(buffer.remaining(), payload.length - filled);
            buffer.get(payload, filled, n);
            filled += n;
        }
        return payload;
    }

    private boolean fill() throws IOException {
        buffer.compact();
        int n = channel.read(buffer);
        buffer.flip();
        return n >= 0;
    }
}
