// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames from a client that may be hostile. */
class FrameReaderTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream client = new DataOutputStream(bytes);

    private FrameReader reader() {
        return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())));
    }

    private void frame(int type, byte[] payload) throws IOException {
        client.writeByte(type);
        client.writeInt(payload.length);
        client.write(payload);
    }

    @Test
    void frames_come_one_after_the_other_until_the_end() throws IOException {
        byte[] large = new byte[Frame.PAYLOAD_LIMIT];
        new Random(1).nextBytes(large);
        frame(FrameType.STDIN, large);
        frame(FrameType.STDIN_EOF, new byte[0]);
        frame(FrameType.STDIN, large);

        var reader = reader();

        assertThat(reader.next()).extracting(Frame::payload).isEqualTo(large);
        assertThat(reader.next()).extracting(Frame::type).isEqualTo(FrameType.STDIN_EOF);
        assertThat(reader.next()).extracting(Frame::payload).isEqualTo(large);
        assertThat(reader.next()).isNull();
    }

    @Test
    void an_invocation_may_be_large() throws IOException {
        byte[] payload = new byte[3_000_001];
        new Random(2).nextBytes(payload);
        frame(FrameType.INVOKE, payload);

        assertThat(reader().next()).extracting(Frame::payload).isEqualTo(payload);
    }

    @Test
    void an_oversized_frame_is_refused_before_it_is_read() throws IOException {
        client.writeByte(FrameType.STDIN);
        client.writeInt(Frame.PAYLOAD_LIMIT + 1);
        assertThatThrownBy(() -> reader().next()).isInstanceOf(ProtocolException.class);

        bytes.reset();
        client.writeByte(FrameType.INVOKE);
        client.writeInt(-1);
        assertThatThrownBy(() -> reader().next())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("4294967295");
    }

    @Test
    void an_announced_length_takes_no_memory_by_itself() throws IOException {
        client.writeByte(FrameType.INVOKE);
        client.writeInt(Frame.INVOKE_LIMIT);
        client.write(new byte[10]);

        assertThatThrownBy(() -> reader().next()).isInstanceOf(EOFException.class);
    }

    @Test
    void frames_may_arrive_byte_by_byte() throws IOException {
        frame(FrameType.SIGNAL, new byte[] {2});
        frame(FrameType.SIGNAL, new byte[] {15});
        var all = bytes.toByteArray();
        var slow = new ByteArrayInputStream(all, 0, 1);
        java.io.InputStream in = slow;
        for (int i = 1; i < all.length; i++) {
            in = new SequenceInputStream(in, new ByteArrayInputStream(all, i, 1));
        }

        var reader = new FrameReader(Channels.newChannel(in));

        assertThat(reader.next()).extracting(Frame::payload).isEqualTo(new byte[] {2});
        assertThat(reader.next()).extracting(Frame::payload).isEqualTo(new byte[] {15});
        assertThat(reader.next()).isNull();
    }

    @Test
    void noise_never_causes_more_than_a_protocol_error() {
        var random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 5 && random.nextBoolean()) {
                noise[0] = FrameType.INVOKE;
                noise[1] = noise[2] = noise[3] = 0;
                noise[4] = (byte) Math.min(127, noise.length - 5);
            }
            if (noise.length > 7) {
                noise[5] = 0;
                noise[6] = FrameType.VERSION;
            }
            var reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(noise)));
            try {
                for (var frame = reader.next(); frame != null; frame = reader.next()) {
                    Invocation.parse(frame);
                }
            } catch (IOException expected) {
                assertThat(expected).isInstanceOfAny(ProtocolException.class, EOFException.class);
            }
        }
    }
}
