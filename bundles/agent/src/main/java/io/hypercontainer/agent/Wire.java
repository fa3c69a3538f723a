// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.hypervisor.ChannelAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The open byte channel to a guest. Closing it ends a read that is under way. */
sealed interface Wire extends AutoCloseable {
    ReadableByteChannel source();

    void write(ByteBuffer bytes) throws IOException;

    /** {@return threads that may block in this wire} */
    Thread.Builder threads();

    @Override
    void close() throws IOException;

    static Wire open(ChannelAddress address) throws IOException {
        return switch (address) {
            case ChannelAddress.UnixSocket(Path path) -> Socket.open(path);
            case ChannelAddress.Device(Path path) -> Device.open(path);
        };
    }

    /** A unix socket. */
    record Socket(ByteChannel channel) implements Wire {
        static Socket open(Path path) throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new Socket(channel);
        }

        @Override
        public ReadableByteChannel source() {
            return channel;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            writeFully(channel, bytes);
        }

        @Override
        public Thread.Builder threads() {
            return Thread.ofVirtual();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * A character device. Two channels, because one would let a write wait for the read under way;
     * platform threads, because reading a file blocks the carrier of a virtual one.
     */
    record Device(FileChannel in, FileChannel out) implements Wire {
        static Device open(Path path) throws IOException {
            FileChannel in = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new Device(in, FileChannel.open(path, StandardOpenOption.WRITE));
            } catch (IOException e) {
                in.close();
                throw e;
            }
        }

        @Override
        public ReadableByteChannel source() {
            return in;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            writeFully(out, bytes);
        }

        @Override
        public Thread.Builder threads() {
            return Thread.ofPlatform().daemon();
        }

        @Override
        public void close() throws IOException {
            try {
                in.close();
            } finally {
                out.close();
            }
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes)
            throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
