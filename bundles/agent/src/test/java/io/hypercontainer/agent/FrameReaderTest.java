// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
    }

    private static byte[] encoded(Frame frame) {
        ByteBuffer bytes = frame.encode();
        byte[] result = new byte[bytes.remaining()];
        bytes.get(result);
        return result;
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        Random random = new Random(5);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int[] sizes = {0, 1, 1000, Frame.MAX_PAYLOAD, 17};
        for (int size : sizes) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            bytes.writeBytes(encoded(new Frame(FrameType.DATA, false, size, payload)));
        }
        FrameReader reader = reader(bytes.toByteArray());
        Random again = new Random(5);
        for (int size : sizes) {
            byte[] payload = new byte[size];
            again.nextBytes(payload);
            Frame frame = reader.next();
            assertThat(frame.type()).isEqualTo(FrameType.DATA);
            assertThat(frame.id()).isEqualTo(size);
            assertThat(frame.payload()).isEqualTo(payload);
        }
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @Test
    void refusesWhatIsNoFrame() {
        byte[] good = encoded(new Frame(FrameType.EVENT, false, 1, new byte[] {'{', '}'}));
        int[] positions = {0, 2, 4, 5, 6, 7, good.length - 1};
        for (int position : positions) {
            byte[] bad = good.clone();
            bad[position] ^= 0x40;
            assertThatThrownBy(() -> reader(bad).next())
                    .as("byte %d changed", position)
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void dropsWhatEarlierHostsLeft() throws Exception {
        Sync sync = new Sync(new SecureRandom());
        byte[] answer = sync.expectedAnswer();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[100]);
        // The answer to another host, and one that was cut off.
        bytes.writeBytes(new Sync(new SecureRandom()).expectedAnswer());
        bytes.write(answer, 0, 5);
        bytes.writeBytes(answer);
        bytes.writeBytes(encoded(new Frame(FrameType.HELLO, false, 0, new byte[3])));
        FrameReader reader = reader(bytes.toByteArray());
        reader.awaitSync(sync);
        assertThat(reader.next().type()).isEqualTo(FrameType.HELLO);
    }

    @Test
    void anyBytesEndInAnErrorOfItsOwn() {
        Random random = new Random(99);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 12) {
                // Plausible enough to get past the header now and then.
                bytes[0] = 0;
                bytes[1] = 0;
                bytes[2] = 0;
                bytes[4] = (byte) random.nextInt(12);
                bytes[5] = (byte) random.nextInt(2);
                bytes[6] = 0;
                bytes[7] = 0;
            }
            FrameReader reader = reader(bytes);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    reader.next();
                                }
                            })
                    .isInstanceOfAny(IOException.class, ProtocolViolation.class);
        }
    }
}
