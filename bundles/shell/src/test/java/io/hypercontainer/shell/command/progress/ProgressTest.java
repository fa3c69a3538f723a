// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.image.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);
    private final AtomicLong time = new AtomicLong();

    private String printed() {
        String text = bytes.toString(UTF_8);
        bytes.reset();
        return text;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "80|0|0|a: Downloading",
                "80|1000000|0|a: Downloading      1MB",
                "80|1000000|4000000|a: Downloading      1MB/4MB",
                "111|1000000|4000000|a: Downloading ["
                        + "============>                                      ]      1MB/4MB",
                "111|4000000|4000000|a: Downloading ["
                        + "==================================================>]      4MB/4MB",
                "111|5000000|4000000|a: Downloading ["
                        + "==================================================>]      5MB",
                "10|0|0|a: Downlo",
                "1|0|0|a",
            })
    void aLineFitsTheTerminal(int columns, long current, long total, String line) {
        assertThat(
                        ProgressBar.of(
                                new Progress("a", "Downloading", current, total),
                                columns,
                                Duration.ZERO))
                .isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource({
        "51, PT10S, '  30s'",
        "50, PT10S, ''",
        "80, PT0.9S, ''",
        "80, PT60S, '  3m0s'",
        "80, PT2M5S, '  6m15s'"
    })
    void theTimeLeftIsToldWhereThereIsRoom(int columns, Duration elapsed, String left) {
        assertThat(ProgressBar.of(new Progress("a", "Downloading", 25, 100), columns, elapsed))
                .isEqualTo("a: Downloading      25B/100B" + left);
    }

    @Test
    void theTimeIsThatOfTheStep() {
        ProgressBars bars = new ProgressBars(out, new TerminalSize(24, 80), time::get);
        bars.accept(new Progress("a", "Pulling fs layer", 0, 0));
        time.addAndGet(100_000_000_000L);
        bars.accept(new Progress("a", "Downloading", 1, 100));
        time.addAndGet(10_000_000_000L);
        bars.accept(new Progress("a", "Downloading", 50, 100));
        assertThat(printed()).contains("50B/100B  10s");
    }

    @Test
    void barsAreRedrawnInPlace() {
        ProgressBars bars = new ProgressBars(out, new TerminalSize(24, 80), time::get);
        bars.accept(new Progress("", "latest: Pulling from library/busybox", 0, 0));
        bars.accept(new Progress("a", "Pulling fs layer", 0, 0));
        bars.accept(new Progress("b", "Pulling fs layer", 0, 0));
        assertThat(printed())
                .isEqualTo(
                        """
                        latest: Pulling from library/busybox
                        a: Pulling fs layer
                        b: Pulling fs layer
                        """);

        bars.accept(new Progress("a", "Pull complete", 0, 0));
        assertThat(printed()).isEqualTo("\u001b[2A\r\u001b[2Ka: Pull complete\u001b[2B\r");
        bars.accept(new Progress("b", "Pull complete", 0, 0));
        assertThat(printed()).isEqualTo("\u001b[1A\r\u001b[2Kb: Pull complete\u001b[1B\r");

        bars.accept(new Progress("", "Status: done", 0, 0));
        bars.accept(new Progress("a", "again", 0, 0));
        assertThat(printed()).isEqualTo("Status: done\na: again\n");
    }

    @Test
    void barsAreNotDrawnMoreOftenThanEyesCanSee() {
        ProgressBars bars = new ProgressBars(out, new TerminalSize(24, 80), time::get);
        bars.accept(new Progress("a", "Downloading", 1, 100));
        printed();

        time.addAndGet(10_000_000);
        bars.accept(new Progress("a", "Downloading", 2, 100));
        assertThat(printed()).isEmpty();
        time.addAndGet(100_000_000);
        bars.accept(new Progress("a", "Downloading", 3, 100));
        assertThat(printed()).contains("3B/100B");
        bars.accept(new Progress("a", "Downloading", 100, 100));
        assertThat(printed()).contains("100B/100B");
    }

    @Test
    void whatHasScrolledAwayIsLeftAlone() {
        ProgressBars bars = new ProgressBars(out, new TerminalSize(3, 80), time::get);
        for (int i = 0; i < 4; i++) {
            bars.accept(new Progress("layer" + i, "Waiting", 0, 0));
        }
        printed();

        bars.accept(new Progress("layer0", "Pull complete", 0, 0));
        assertThat(printed()).isEmpty();
        bars.accept(new Progress("layer2", "Pull complete", 0, 0));
        assertThat(printed()).contains("layer2: Pull complete");
    }

    @Test
    void aPipeGetsALineForEachStateAndNoBars() {
        ProgressLines lines = new ProgressLines(out);
        lines.accept(new Progress("", "latest: Pulling from library/busybox", 0, 0));
        lines.accept(new Progress("a", "Pulling fs layer", 0, 0));
        lines.accept(new Progress("a", "Pulling fs layer", 0, 0));
        lines.accept(new Progress("a", "Downloading", 50, 100));
        lines.accept(new Progress("a", "Pull complete", 0, 0));

        assertThat(printed())
                .isEqualTo(
                        """
                        latest: Pulling from library/busybox
                        a: Pulling fs layer
                        a: Pull complete
                        """);
    }

    @Test
    void controlCharactersOfARegistryDoNotReachTheTerminal() {
        new ProgressLines(out).accept(new Progress("", "\u001b[2J", 0, 0));
        new ProgressBars(out, new TerminalSize(24, 80), time::get)
                .accept(new Progress("\u001b", "x", 0, 0));
        assertThat(printed()).doesNotContain("\u001b");
    }
}
