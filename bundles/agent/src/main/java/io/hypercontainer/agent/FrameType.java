// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import org.jspecify.annotations.Nullable;

/** Kinds of frames. */
enum FrameType {
    HELLO(1),
    REQUEST(2),
    REPLY(3),
    ERROR(4),
    EVENT(5),
    DATA(6),
    EOF(7),
    ACK(8),
    CLOSE(9);

    private static final FrameType[] ALL = values();

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    /** {@return its number on the wire} */
    int code() {
        return code;
    }

    static @Nullable FrameType of(int code) {
        for (FrameType type : ALL) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
