// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Reads frames from the guest. Never holds more than its fixed buffer. */
final class FrameReader {
    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4 * Frame.MAX).flip();

    FrameReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** Drops everything up to and including the guest's answer to this host's SYNC. */
    void awaitSync(Sync sync) throws IOException {
        byte[] expected = sync.expectedAnswer();
        int matched = 0;
        while (matched < expected.length) {
            need(1);
            byte next = buffer.get();
            if (next == expected[matched]) {
                matched++;
            } else {
                // The magic's first byte does not occur again in it. In the nonce it may, but an
                // answer that begins inside a nonce is not one.
                matched = next == expected[0] ? 1 : 0;
            }
        }
    }

    Frame next() throws IOException, ProtocolViolation {
        need(Frame.HEADER);
        int length = buffer.getInt();
        int code = buffer.get() & 0xFF;
        int flags = buffer.get() & 0xFF;
        int reserved = buffer.getShort();
        int id = buffer.getInt();
        FrameType type = FrameType.of(code);
        if (length < 0 || length > Frame.MAX_PAYLOAD) {
            throw new ProtocolViolation(
                    "a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        if (type == null || (flags & ~Frame.FLAG_MORE) != 0 || reserved != 0) {
            throw new ProtocolViolation("a frame of type " + code + " with flags " + flags);
        }
        need(length + Frame.TRAILER);
        byte[] payload = new byte[length];
        buffer.get(payload);
        if (buffer.getInt() != Frame.TRAILER_VALUE) {
            throw new ProtocolViolation("a frame with a wrong trailer");
        }
        return new Frame(type, (flags & Frame.FLAG_MORE) != 0, id, payload);
    }

    private void need(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        buffer.compact();
        while (buffer.position() < count) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the hypervisor closed the channel");
            }
        }
        buffer.flip();
    }
}
