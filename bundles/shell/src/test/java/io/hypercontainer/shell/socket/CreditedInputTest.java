// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CreditedInputTest {
    private final List<Integer> grants = new ArrayList<>();

    /** A client that sends zeros, as much as it may, until {@code left} are sent. */
    private CreditedInput zeros(int left) {
        var rest = new int[] {left};
        var input = new CreditedInput[1];
        input[0] =
                new CreditedInput(count -> {
                    grants.add(count);
                    int n = Math.min(count, rest[0]);
                    rest[0] -= n;
                    input[0].receive(new byte[n]);
                    if (rest[0] == 0) {
                        input[0].end();
                    }
                });
        return input[0];
    }

    @Test
    void nothing_is_asked_for_before_a_read() {
        zeros(100);

        assertThat(grants).isEmpty();
    }

    @Test
    void the_first_read_asks_for_no_more_than_it_wants() throws IOException {
        assertThat(zeros(100).readNBytes(new byte[10], 0, 10)).isEqualTo(10);

        assertThat(grants).containsExactly(10);
    }

    @Test
    void who_goes_on_reading_is_sent_ahead_up_to_a_window() throws IOException {
        var input = zeros(100_000_000);

        assertThat(input.transferTo(java.io.OutputStream.nullOutputStream()))
                .isEqualTo(100_000_000);

        assertThat(grants).allMatch(n -> n <= 1024 * 1024).hasSizeLessThan(500);
    }

    @Test
    void a_client_that_sends_beyond_its_credit_is_refused() {
        var input = new CreditedInput(count -> {});

        assertThatThrownBy(() -> input.receive(new byte[1])).isInstanceOf(ProtocolException.class);
    }

    @Test
    void an_interrupted_read_loses_nothing() throws IOException {
        var input = new CreditedInput[1];
        input[0] = new CreditedInput(count -> Thread.currentThread().interrupt());

        assertThatThrownBy(() -> input[0].read()).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();

        input[0].receive(new byte[] {7});
        assertThat(input[0].read()).isEqualTo(7);
    }

    @Test
    void a_failure_comes_behind_what_was_sent_before_it() throws IOException {
        var input = new CreditedInput[1];
        input[0] =
                new CreditedInput(count -> {
                    input[0].receive(new byte[] {1});
                    input[0].fail(new IOException("disk on fire"));
                });

        assertThat(input[0].read(new byte[10])).isEqualTo(1);
        assertThatThrownBy(() -> input[0].read()).hasMessage("disk on fire");
    }
}
