// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Puts messages together that came in several frames. One at a time may be unfinished. */
final class MessageParts {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable Frame first;

    /** {@return the whole message, or null while parts are missing} */
    @Nullable Frame add(Frame frame) throws ProtocolViolation {
        boolean ofStream =
                switch (frame.type()) {
                    case DATA, EOF, ACK, CLOSE -> true;
                    default -> false;
                };
        if (ofStream) {
            if (frame.more()) {
                throw new ProtocolViolation(frame.type() + " in parts");
            }
            return frame;
        }
        Frame begun = first;
        if (begun == null && !frame.more()) {
            return frame;
        }
        if (begun != null && (begun.type() != frame.type() || begun.id() != frame.id())) {
            throw new ProtocolViolation("parts of two messages mixed");
        }
        if (bytes.size() + frame.payload().length > Json.MAX_MESSAGE) {
            throw new ProtocolViolation("a message of more than " + Json.MAX_MESSAGE + " bytes");
        }
        bytes.writeBytes(frame.payload());
        first = frame;
        if (frame.more()) {
            return null;
        }
        byte[] all = bytes.toByteArray();
        bytes.reset();
        first = null;
        return new Frame(frame.type(), false, frame.id(), all);
    }
}
