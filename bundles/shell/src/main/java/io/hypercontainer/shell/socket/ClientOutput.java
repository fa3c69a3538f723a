// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A stream to the client, in frames. */
final class ClientOutput extends OutputStream {
    private final FrameWriter writer;
    private final byte type;

    private ClientOutput(FrameWriter writer, byte type) {
        this.writer = writer;
        this.type = type;
    }

    /** Printed text is flushed line by line if {@code lines}, else when it fills a frame. */
    static PrintStream print(FrameWriter writer, byte type, boolean lines) {
        var buffered =
                new java.io.BufferedOutputStream(
                        new ClientOutput(writer, type), Frame.PAYLOAD_LIMIT);
        return new PrintStream(buffered, lines, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        for (int sent = 0; sent < length; ) {
            int n = Math.min(length - sent, Frame.PAYLOAD_LIMIT);
            writer.send(type, bytes, offset + sent, n);
            sent += n;
        }
    }
}
