// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Runs commands in a {@link TestGuest}. */
final class GuestShell implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader answers;

    private GuestShell(SocketChannel channel) {
        this.channel = channel;
        answers =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    static GuestShell of(VirtualMachine machine) throws IOException {
        var address = (ChannelAddress.UnixSocket) machine.record().agent();
        return new GuestShell(SocketChannel.open(UnixDomainSocketAddress.of(address.path())));
    }

    /** {@return what the command printed, lines separated by {@code |}} */
    String run(String command) throws IOException {
        send(command);
        return answer();
    }

    /** {@return what the oldest command that was sent has printed} */
    String answer() throws IOException {
        var answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the guest has ended");
        }
        return answer;
    }

    void send(String command) throws IOException {
        var bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
