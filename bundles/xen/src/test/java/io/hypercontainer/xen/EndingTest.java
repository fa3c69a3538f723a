// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the console's last lines, as guests on Xen were seen to write them, tell. */
class EndingTest {
    @ParameterizedTest
    @CsvSource({
        "[    5.1] reboot: Power down, true, powered itself off",
        "[    5.1] reboot: System halted, true, powered itself off",
        "[    5.1] reboot: Restarting system, false, restarted itself",
        "[    5.1] Kernel panic - not syncing: sysrq triggered crash, false, not syncing",
        "something else, false, something else"
    })
    void the_console_tells_how_a_machine_ended(String line, boolean orderly, String reason) {
        var exit = Ending.of(List.of("before", line), "", Instant.EPOCH);

        assertThat(exit.orderly()).isEqualTo(orderly);
        assertThat(exit.reason()).contains(reason);
    }

    @org.junit.jupiter.api.Test
    void who_is_killed_does_not_end_orderly() {
        var exit =
                Ending.of(List.of("[    5.1] reboot: Power down"), "it was killed", Instant.EPOCH);

        assertThat(exit.orderly()).isFalse();
        assertThat(exit.reason()).isEqualTo("it was killed");
    }
}
