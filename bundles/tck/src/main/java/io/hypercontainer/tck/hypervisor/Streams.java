// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** All that goes through the channel to the guest's agent. */
@Contract
@DisplayName("Streams")
public final class Streams {
    private static final int TERM = 15;
    private static final int KILL = 9;
    private Guest guest;

    @BeforeAll
    void boot(Kit kit) {
        guest = new MachinePlan(kit, "streams").boot();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(1)
    @DisplayName("A process' exit code and signal arrive as they are")
    void exitCodes() throws Exception {
        for (int code : new int[] {0, 1, 7, 255}) {
            same("the exit code", code, guest.run("exit " + code).exit());
        }
        same("the exit code of a killed process", 128 + KILL, guest.run("kill -9 $$").exit());
        try {
            guest.start(Optional.empty(), "no-such-program");
            throw new AssertionError("a program that does not exist was started");
        } catch (CannotExecute e) {
            same("the exit code without a program", 127, e.exitCode());
        }
        try {
            guest.start(Optional.empty(), "/etc");
            throw new AssertionError("a folder was started");
        } catch (CannotExecute e) {
            same("the exit code of what cannot be run", 126, e.exitCode());
        }
    }

    @Test
    @Order(2)
    @DisplayName("Output and error output are told apart")
    void apart() {
        var result = guest.run("echo out; echo err >&2");

        same("output", "out\n", result.out());
        same("error output", "err\n", result.err());
    }

    @Test
    @Order(3)
    @DisplayName("The channel carries any bytes, both ways, without loss")
    void bytes() throws Exception {
        var much = new byte[4 << 20];
        new Random(1).nextBytes(much);
        var cat = guest.start("cat");
        var writer =
                CompletableFuture.runAsync(() -> {
                    try (var stdin = cat.stdin()) {
                        stdin.write(much);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });

        var back = cat.stdout().readAllBytes();
        writer.join();
        same("the number of bytes that came back", much.length, back.length);
        that(Arrays.equals(much, back), "other bytes came back");
        same("the exit code of cat", 0, Guest.exit(cat));
    }

    @Test
    @Order(4)
    @DisplayName("A reader that does not read stops the writer in the guest, and no other stream")
    void flow() throws Exception {
        var flood = guest.start("yes | head -c 3000000");
        same("another process' output", "here\n", guest.run("echo here").out());
        same("the flood", 3_000_000, flood.stdout().readAllBytes().length);
        same("its exit code", 0, Guest.exit(flood));
    }

    @Test
    @Order(5)
    @DisplayName("A terminal gets its size and new sizes")
    void resize() throws Exception {
        var terminal =
                guest.start(
                        Optional.of(new TerminalSize(24, 80)),
                        "sh",
                        "-c",
                        "stty -echo; stty size; trap 'stty size; exit 4' WINCH; echo ready;"
                                + " while :; do sleep 0.1; done");
        var out = lines(terminal);

        same("the first size", "24 80", out.readLine());
        same("then", "ready", out.readLine());
        terminal.resize(new TerminalSize(50, 132));
        same("the new size", "50 132", out.readLine());
        same("the exit code", 4, Guest.exit(terminal));
    }

    @Test
    @Order(6)
    @DisplayName("Signals reach the process")
    void signals() throws Exception {
        var process =
                guest.start(
                        "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.1;"
                                + " done");
        var out = lines(process);

        same("then", "ready", out.readLine());
        process.signal(TERM);
        same("after TERM", "asked", out.readLine());
        same("the exit code", 3, Guest.exit(process));
        var stubborn = guest.start("trap '' TERM; sleep 1000000");
        stubborn.signal(KILL);
        same("the exit code after KILL", 128 + KILL, Guest.exit(stubborn));
    }

    @Test
    @Order(7)
    @DisplayName("The agent can be connected to again, in the middle of output, without loss")
    void reconnect() throws Exception {
        var numbers = guest.start("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done");
        var first = numbers.stdout().readNBytes(1000);

        guest.reconnect();

        var again =
                guest.agent()
                        .process(Guest.BOX, numbers.id(), first.length, 0)
                        .orElseThrow(() -> new AssertionError("the process is gone"));
        var rest = again.stdout().readAllBytes();
        var all =
                new String(first, StandardCharsets.UTF_8)
                        + new String(rest, StandardCharsets.UTF_8);
        var expected = new StringBuilder();
        for (int i = 1; i <= 20_000; i++) {
            expected.append(i).append('\n');
        }
        that(all.contentEquals(expected), "%d characters of %d", all.length(), expected.length());
        same("the exit code", 0, Guest.exit(again));
    }

    @Test
    @Order(8)
    @DisplayName("The channel goes on while the driver is away")
    void withoutDriver(Kit kit) throws Exception {
        var cat = guest.start("cat");
        var out = lines(cat);
        kit.daemon().stopDriver();
        try {
            cat.stdin().write("while away\n".getBytes(StandardCharsets.UTF_8));
            cat.stdin().flush();
            same("what comes back", "while away", out.readLine());
            guest.reconnect();
            same("after another connection", "0", guest.run("echo 0").ok());
        } finally {
            kit.daemon().startDriver();
            guest.adopt();
        }
    }

    private static BufferedReader lines(GuestProcess process) {
        return new BufferedReader(new InputStreamReader(process.stdout(), StandardCharsets.UTF_8)) {
            @Override
            public String readLine() throws IOException {
                var line = super.readLine();
                return line == null ? "(the end)" : line.replace("\r", "");
            }
        };
    }
}
