// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.nio.ByteBuffer;

/**
 * One frame.
 *
 * @param type its kind
 * @param more whether the rest of the message follows in the next frame of this kind and id
 * @param id of a request or a stream
 * @param payload its content
 */
record Frame(FrameType type, boolean more, int id, byte[] payload) {
    static final int HEADER = 12;
    static final int TRAILER = 4;
    static final int MAX_PAYLOAD = 16384;
    static final int MAX = HEADER + MAX_PAYLOAD + TRAILER;

    /** Ends each frame; not zero, so that a frame which a new host cut off is seen to be wrong. */
    static final int TRAILER_VALUE = 0xC5A3E197;

    static final int FLAG_MORE = 1;

    ByteBuffer encode() {
        return ByteBuffer.allocate(HEADER + payload.length + TRAILER)
                .putInt(payload.length)
                .put((byte) type.code())
                .put((byte) (more ? FLAG_MORE : 0))
                .putShort((short) 0)
                .putInt(id)
                .put(payload)
                .putInt(TRAILER_VALUE)
                .flip();
    }
}
