// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.nio.ByteBuffer;

/**
 * One frame.
 *
 * @param type one of {@link FrameType}
 * @param payload its content, as long as the frame
 */
record Frame(byte type, byte[] payload) {
    static final int HEADER = 5;
    static final int PAYLOAD_LIMIT = 64 * 1024;
    static final int INVOKE_LIMIT = 8 * 1024 * 1024;

    static Frame of(byte type, int... numbers) {
        var payload = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            payload.putInt(number);
        }
        return new Frame(type, payload.array());
    }

    static Frame ofByte(byte type, int value) {
        return new Frame(type, new byte[] {(byte) value});
    }

    Payload read() {
        return new Payload(payload);
    }
}
