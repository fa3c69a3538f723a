// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a payload field by field; throws {@link ProtocolException} where fields are missing. */
final class Payload {
    private final ByteBuffer bytes;

    Payload(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int u8() throws ProtocolException {
        need(Byte.BYTES);
        return Byte.toUnsignedInt(bytes.get());
    }

    int u16() throws ProtocolException {
        need(Short.BYTES);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int i32() throws ProtocolException {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    long i64() throws ProtocolException {
        need(Long.BYTES);
        return bytes.getLong();
    }

    String string() throws ProtocolException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    byte[] bytes() throws ProtocolException {
        int length = i32();
        need(length);
        byte[] content = new byte[length];
        bytes.get(content);
        return content;
    }

    List<String> strings() throws ProtocolException {
        int count = i32();
        // Each takes four bytes at least, so that a count cannot promise more than is there.
        if (count < 0 || count > bytes.remaining() / Integer.BYTES) {
            throw new ProtocolException("a list of " + count + " strings does not fit its frame");
        }
        var all = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            all.add(string());
        }
        return all;
    }

    byte[] rest() {
        byte[] rest = new byte[bytes.remaining()];
        bytes.get(rest);
        return rest;
    }

    void end() throws ProtocolException {
        if (bytes.hasRemaining()) {
            throw new ProtocolException(bytes.remaining() + " bytes too many in a frame");
        }
    }

    private void need(int count) throws ProtocolException {
        if (count < 0 || count > bytes.remaining()) {
            throw new ProtocolException(
                    "a field of " + Integer.toUnsignedLong(count) + " bytes exceeds its frame");
        }
    }
}
