// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PipeTest {
    private final OutputHub hub = new OutputHub();

    @Test
    void everybodyWhoIsAttachedGetsTheSameBytesFromWhenTheyAttached() throws Exception {
        InputStream first = hub.connect().input();
        send("one");
        InputStream second = hub.connect().input();
        send("two");
        hub.end();
        assertThat(first.readAllBytes()).asString().isEqualTo("onetwo");
        assertThat(second.readAllBytes()).asString().isEqualTo("two");
        assertThat(hub.connect().input().read()).isEqualTo(-1);
    }

    @Test
    void oneWhoDoesNotReadStopsTheProcessUntilTheyReadOrGo() throws Exception {
        Pipe slow = hub.connect();
        Pipe other = hub.connect();
        Thread process = Thread.ofVirtual().start(() -> sendMuch(10));
        awaitBlocked(process);
        assertThat(other.input().available()).isLessThan(200_000);

        slow.close();
        byte[] all = new byte[10 * 32_768];
        assertThat(other.input().readNBytes(all, 0, all.length)).isEqualTo(all.length);
        process.join();
        assertThatThrownBy(() -> slow.input().read()).isInstanceOf(IOException.class);
    }

    @Test
    void afterTheEndOfTheProcessNobodyHasToBeWaitedFor() throws Exception {
        Pipe slow = hub.connect();
        Thread process = Thread.ofVirtual().start(() -> sendMuch(10));
        awaitBlocked(process);
        hub.relax();
        process.join();
        hub.end();
        assertThat(slow.input().readAllBytes()).hasSize(10 * 32_768);
    }

    @Test
    void aLostProcessIsAnErrorBehindWhatItHadPrinted() throws Exception {
        InputStream input = hub.connect().input();
        send("last words");
        hub.fail("the machine is gone");
        assertThat(input.readNBytes(10)).asString().isEqualTo("last words");
        assertThatThrownBy(input::read)
                .isInstanceOf(IOException.class)
                .hasMessage("the machine is gone");
    }

    private void send(String text) throws InterruptedException {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        hub.send(bytes, bytes.length);
    }

    private void sendMuch(int times) {
        byte[] chunk = new byte[32_768];
        Arrays.fill(chunk, (byte) 'x');
        try {
            for (int i = 0; i < times; i++) {
                hub.send(chunk, chunk.length);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
