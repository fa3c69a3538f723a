// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

/** The host's end of a stream, as the connection sees it. None of its methods blocks. */
interface Stream {
    /** Bytes that may be under way in one direction. */
    int WINDOW = 256 * 1024;

    /**
     * The guest sent {@code payload} from {@code start} on; {@code offset} is that of its first.
     */
    default void onData(long offset, byte[] payload, int start) throws ProtocolViolation {
        throw new ProtocolViolation("data on a stream that goes to the guest");
    }

    /** The guest says that there are no bytes from {@code offset} on. */
    default void onEnd(long offset) throws ProtocolViolation {
        throw new ProtocolViolation("end of a stream that goes to the guest");
    }

    /** The guest has dealt with the bytes before {@code offset}. */
    default void onAcknowledged(long offset, int window) throws ProtocolViolation {
        throw new ProtocolViolation("acknowledgement of a stream that comes from the guest");
    }

    /** Nobody in the guest reads any more. */
    default void onClosed() throws ProtocolViolation {
        throw new ProtocolViolation("close of a stream that comes from the guest");
    }

    /** The connection is gone. */
    void onLost(String reason);
}
