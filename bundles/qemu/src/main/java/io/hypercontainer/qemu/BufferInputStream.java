// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer, such as a mapped file, as a stream. */
final class BufferInputStream extends InputStream {
    private final ByteBuffer buffer;

    BufferInputStream(ByteBuffer buffer) {
        this.buffer = buffer.duplicate();
    }

    @Override
    public int read() {
        return buffer.hasRemaining() ? Byte.toUnsignedInt(buffer.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (!buffer.hasRemaining() && length > 0) {
            return -1;
        }
        var n = Math.min(length, buffer.remaining());
        buffer.get(target, offset, n);
        return n;
    }

    @Override
    public int available() {
        return buffer.remaining();
    }
}
