// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InvocationTest {
    private final ByteBuffer payload = ByteBuffer.allocate(1000);

    private void string(String text) {
        payload.putInt(text.length()).put(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private Frame frame() {
        return new Frame(FrameType.INVOKE, Arrays.copyOf(payload.array(), payload.position()));
    }

    private void header() {
        payload.putShort((short) FrameType.VERSION)
                .put((byte) 3)
                .putShort((short) 24)
                .putShort((short) 80);
        string("/home");
    }

    @Test
    void tells_who_asks_for_what() throws ProtocolException {
        header();
        payload.putInt(2);
        string("ps");
        string("-a");
        payload.putInt(3);
        string("A=b=c");
        string("=odd");
        string("E=");

        var invocation = Invocation.parse(frame());

        assertThat(invocation.words()).containsExactly("ps", "-a");
        assertThat(invocation.directory()).isEqualTo("/home");
        assertThat(invocation.environment())
                .containsOnly(java.util.Map.entry("A", "b=c"), java.util.Map.entry("E", ""));
        assertThat(invocation.size().columns()).isEqualTo(80);
        assertThat(invocation.inTerminal()).isTrue();
        assertThat(invocation.outTerminal()).isTrue();
    }

    @Test
    void a_list_that_promises_more_than_is_there_is_refused() {
        header();
        payload.putInt(Integer.MAX_VALUE);

        assertThatThrownBy(() -> Invocation.parse(frame())).isInstanceOf(ProtocolException.class);
    }

    @Test
    void a_string_beyond_the_frame_is_refused() {
        header();
        payload.putInt(1).putInt(-1);

        assertThatThrownBy(() -> Invocation.parse(frame())).isInstanceOf(ProtocolException.class);
    }

    @Test
    void bytes_behind_the_end_are_refused() {
        header();
        payload.putInt(0).putInt(0).put((byte) 0);

        assertThatThrownBy(() -> Invocation.parse(frame())).isInstanceOf(ProtocolException.class);
    }

    @Test
    void of_another_version_nothing_else_is_read() throws ProtocolException {
        payload.putShort((short) (FrameType.VERSION + 1));

        assertThat(Invocation.parse(frame()).version()).isEqualTo(FrameType.VERSION + 1);
    }
}
