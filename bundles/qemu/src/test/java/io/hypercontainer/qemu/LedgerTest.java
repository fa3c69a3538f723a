// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Flips, cuts and swaps bytes at random: the others are there, whatever the file says. */
    @Test
    void noDamageStopsTheOthers() throws Exception {
        var seed = Long.getLong("hyper.seed", System.nanoTime());
        System.out.println("LedgerTest: -Dhyper.seed=" + seed);
        var random = new Random(seed);
        claim("a");
        var whole =
                ledger.claim(
                        "b",
                        folder,
                        s ->
                                s.with(new MachineState.ShareState("s", 3, null))
                                        .with(new MachineState.DiskState("d", 1, List.of("/f")))
                                        .withPorts(5)
                                        .withProcess(new ProcessIdentity(1, 2, "boot")));
        for (var i = 0; i < 500; i++) {
            ledger.save(whole);
            var file = folder.resolve("machines/b.json");
            var bytes = Files.readAllBytes(file);
            Files.write(file, damaged(bytes, random));

            var next = new Ledger(folder.resolve("machines"), 5000, 2);

            assertThat(next.find("a")).as("with b as " + Files.exists(file)).isPresent();
            assertThat(next.find("b").map(MachineState::id).orElse("b")).isEqualTo("b");
            assertThat(next.find("b").isPresent()).isEqualTo(Files.exists(file));
            assertThat(next.damaged()).hasSize(Files.exists(file) ? 0 : 1);
            Files.deleteIfExists(folder.resolve("machines/b.json.damaged"));
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        var bytes =
                random.nextBoolean() ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole;
        for (var n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "[]",
                "{\"version\":1}",
                "{\"version\":1,\"id\":\"b\",\"directory\":\"/\",\"uid\":5000,\"launched\":true,"
                        + "\"process\":null,\"ports\":0,\"disks\":[],\"nics\":[],\"shares\":[]}",
                "{\"version\":9,\"id\":\"a\",\"directory\":\"/\",\"uid\":5000,\"launched\":true,"
                        + "\"process\":null,\"ports\":0,\"disks\":[],\"nics\":[],\"shares\":[]}",
                "{\"version\":1,\"id\":\"a\",\"directory\":\"/\",\"uid\":5000,\"launched\":true,"
                        + "\"process\":{\"pid\":1},\"ports\":0,\"disks\":[],\"nics\":[],\"shares\":[]}",
            })
    void whatMakesNoSenseIsSetAside(String content) throws Exception {
        claim("a");
        Files.writeString(folder.resolve("machines/a.json"), content);

        assertThat(new Ledger(folder.resolve("machines"), 5000, 2).all()).isEmpty();
        assertThat(folder.resolve("machines/a.json.damaged")).exists();
    }

    @Test
    void whatIsNoFileIsSetAside() throws Exception {
        Files.createDirectories(folder.resolve("machines/a.json"));
        Files.createSymbolicLink(folder.resolve("machines/b.json"), Path.of("/dev/zero"));
        Files.createSymbolicLink(folder.resolve("machines/c.json"), Path.of("/no/where"));
        Files.writeString(folder.resolve("machines/d.tmp"), "unfinished");

        var next = new Ledger(folder.resolve("machines"), 5000, 2);

        assertThat(next.all()).isEmpty();
        assertThat(next.damaged()).hasSize(3);
        assertThat(folder.resolve("machines/d.tmp")).doesNotExist();
    }

    private MachineState claim(String id) {
        return ledger.claim(id, folder, UnaryOperator.identity());
    }
}
