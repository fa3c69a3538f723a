// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Begins a connection: whatever an earlier host left in the channel is told apart from ours. */
final class Sync {
    static final int NONCE = 8;
    private static final byte[] HOST = "HYPERSYN".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GUEST = "HYPERACK".getBytes(StandardCharsets.US_ASCII);

    private final byte[] nonce = new byte[NONCE];

    Sync(SecureRandom random) {
        // Printable: a guest's terminal device may still be in its line mode when this comes, and
        // must find no control character in it.
        for (int i = 0; i < NONCE; i++) {
            nonce[i] = (byte) ('0' + random.nextInt('z' - '0' + 1));
        }
    }

    /**
     * {@return what the host sends}
     *
     * @param adopting whether an earlier host may have stopped in the middle of a frame, which then
     *     has to be filled up with zeros
     */
    ByteBuffer request(boolean adopting) {
        int zeros = adopting ? Frame.MAX : 0;
        return ByteBuffer.allocate(zeros + HOST.length + NONCE)
                .position(zeros)
                .put(HOST)
                .put(nonce)
                .flip();
    }

    /** {@return the bytes with which the guest's answer begins} */
    byte[] expectedAnswer() {
        return ByteBuffer.allocate(GUEST.length + NONCE).put(GUEST).put(nonce).array();
    }
}
