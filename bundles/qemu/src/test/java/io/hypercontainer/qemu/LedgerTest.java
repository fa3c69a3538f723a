// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir Path folder;
    private Ledger ledger;

    @BeforeEach
    void empty() {
        ledger = new Ledger(folder.resolve("machines"), 5000, 2);
    }

    @Test
    void eachMachineHasTheLowestFreeUser() {
        assertThat(claim("a").uid()).isEqualTo(5000);
        assertThat(claim("b").uid()).isEqualTo(5001);
        ledger.forget("a");
        assertThat(claim("c").uid()).isEqualTo(5000);
    }

    @Test
    void noUserIsSharedWhenAllAreTaken() {
        claim("a");
        claim("b");
        assertThatThrownBy(() -> claim("c"))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("uid.count");
        assertThat(ledger.find("c")).isEmpty();
    }

    @Test
    void aNameIsTakenUntilItIsForgotten() {
        claim("a");
        assertThatThrownBy(() -> claim("a")).isInstanceOf(Conflict.class);
    }

    @Test
    void whatWasNotedIsFoundByTheNextDaemon() {
        var state =
                claim("a")
                        .with(new MachineState.ShareState("s", 3, null))
                        .with(new MachineState.ShareState("t", 0, null))
                        .withPorts(5)
                        .withProcess(new ProcessIdentity(1, 2, "boot"));
        ledger.save(state);

        var found = new Ledger(folder.resolve("machines"), 5000, 2).find("a").orElseThrow();

        assertThat(found).isEqualTo(state);
        assertThat(found.freePort()).hasValue(1);
    }

    @Test
    void aDamagedEntryIsSetAsideAndStopsNothing() throws Exception {
        claim("a");
        claim("b");
        Files.writeString(folder.resolve("machines/a.json"), "{");

        var next = new Ledger(folder.resolve("machines"), 5000, 2);

        assertThat(next.all()).extracting(MachineState::id).containsExactly("b");

        assertThat(folder.resolve("machines/a.json.damaged")).exists();
    }

    private MachineState claim(String id) {
        return ledger.claim(id, folder, UnaryOperator.identity());
    }
}
