// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
    private static final LogOptions ALL = options(false, Optional.empty());
    private static final LogLimits LARGE = new LogLimits(1 << 30, 2);

    @TempDir Path folder;

    private final TickingClock clock = new TickingClock();
    private ContainerLog log;

    @BeforeEach
    void makeLog() {
        log = ContainerLog.of(folder, "x", Optional.of(LARGE), clock);
        log.open();
    }

    @Test
    void writesDockersFormat() throws Exception {
        print(false, "hello\n");
        print(true, "\"oops\"\u001b[0m\n");
        assertThat(Files.readAllLines(folder.resolve("x-json.log")))
                .containsExactly(
                        "{\"log\":\"hello\\n\",\"stream\":\"stdout\","
                                + "\"time\":\"2026-01-01T00:00:00Z\",\"at\":[6,0]}",
                        "{\"log\":\"\\\"oops\\\"\\u001b[0m\\n\",\"stream\":\"stderr\","
                                + "\"time\":\"2026-01-01T00:00:01Z\",\"at\":[6,11]}");
    }

    @Test
    void givesBackWhatWasPrintedLineByLine() {
        print(false, "one\ntwo\nthr");
        print(true, "error\n");
        print(false, "ee\n");
        assertThat(texts(read(ALL))).containsExactly("one\n", "two\n", "thr", "error\n", "ee\n");
    }

    @Test
    void keepsEveryByteEvenOfWhatIsNoText() {
        byte[] all = new byte[256 * 300];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 31);
        }
        log.append(false, all, all.length);
        assertThat(bytes(read(ALL))).isEqualTo(all);
    }

    @Test
    void splitsLongLines() {
        print(false, "x".repeat(40_000) + "\n");
        assertThat(read(ALL).stream().map(l -> l.content().length))
                .containsExactly(16384, 16384, 7233);
    }

    @Test
    void selectsByStreamTimeAndTail() {
        print(false, "a\n");
        print(true, "b\n");
        print(false, "c\n");
        print(true, "d\n");
        print(false, "e");
        Instant second = TickingClock.START.plusSeconds(1);
        Instant fourth = TickingClock.START.plusSeconds(3);
        assertThat(texts(read(options(true, false)))).containsExactly("a\n", "c\n", "e");
        assertThat(texts(read(options(false, true)))).containsExactly("b\n", "d\n");
        assertThat(texts(read(options(second, fourth)))).containsExactly("b\n", "c\n", "d\n");
        assertThat(texts(read(options(false, Optional.of(2))))).containsExactly("d\n", "e");
        assertThat(read(options(false, Optional.of(0)))).isEmpty();
        assertThat(read(options(false, Optional.of(1_000_000_000)))).hasSize(5);
    }

    @Test
    void keepsTheNewestFilesAndKnowsThePositionAcrossThem() {
        LogLimits small = new LogLimits(LogCodec.LONGEST_LINE, 3);
        log = ContainerLog.of(folder, "small", Optional.of(small), clock);
        log.open();
        print(true, "first\n");
        for (int i = 0; i < 60; i++) {
            print(false, "%05d".formatted(i) + "x".repeat(16_000) + "\n");
        }
        List<String> kept = texts(read(ALL));
        assertThat(kept.size()).isBetween(10, 40);
        assertThat(kept.getLast()).startsWith("00059");
        assertThat(kept).isSorted();
        assertThat(folder.toFile().list())
                .filteredOn(n -> n.startsWith("small"))
                .containsExactlyInAnyOrder(
                        "small-json.log", "small-json.log.1", "small-json.log.2");
        log.finish();

        ContainerLog again = ContainerLog.of(folder, "small", Optional.of(small), clock);
        assertThat(again.open()).isEqualTo(new LogPosition(60 * 16_006, 6));
    }

    @Test
    void removesAnEntryThatWasCutOffAndCountsOnlyWholeOnes() throws Exception {
        print(false, "whole\n");
        log.finish();
        Path file = folder.resolve("x-json.log");
        long whole = Files.size(file);
        Files.writeString(file, "{\"log\":\"cut", StandardOpenOption.APPEND);

        log = ContainerLog.of(folder, "x", Optional.of(LARGE), clock);
        assertThat(log.open()).isEqualTo(new LogPosition(6, 0));
        assertThat(Files.size(file)).isEqualTo(whole);
        print(false, "next\n");
        assertThat(texts(read(ALL))).containsExactly("whole\n", "next\n");
        assertThat(log.position()).isEqualTo(new LogPosition(11, 0));
    }

    @Test
    void skipsDamagedEntries() throws Exception {
        print(false, "a\n");
        log.finish();
        Files.writeString(
                folder.resolve("x-json.log"), "nonsense\n{}\n", StandardOpenOption.APPEND);
        log = ContainerLog.of(folder, "x", Optional.of(LARGE), clock);
        assertThat(log.open()).isEqualTo(new LogPosition(2, 0));
        print(false, "b\n");
        assertThat(texts(read(ALL))).containsExactly("a\n", "b\n");
    }

    @Test
    void followsUntilTheRunEndsAcrossRotations() throws Exception {
        log = ContainerLog.of(folder, "small", Optional.of(new LogLimits(0, 3)), clock);
        log.open();
        print(false, "before\n");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Thread follower =
                Thread.ofVirtual()
                        .start(() ->
                                log.read(
                                        options(true, Optional.empty()),
                                        line -> seen.add(text(line).substring(0, 5))));
        assertThat(seen.take()).isEqualTo("befor");
        for (int i = 0; i < 40; i++) {
            print(false, "%05d".formatted(i) + "x".repeat(16_000) + "\n");
            assertThat(seen.take()).isEqualTo("%05d".formatted(i));
        }
        log.finish();
        follower.join();
        assertThat(seen).isEmpty();
    }

    @Test
    void aFollowerIsToldThatTheDaemonStops() {
        var following =
                CompletableFuture.runAsync(
                        () -> log.read(options(true, Optional.empty()), line -> log.abandon()));
        print(false, "last\n");

        assertThatThrownBy(following::join).hasRootCauseInstanceOf(Unavailable.class);
    }

    @Test
    void anInterruptedFollowerStops() throws Exception {
        Thread follower =
                Thread.ofVirtual()
                        .unstarted(() -> log.read(options(true, Optional.empty()), line -> {}));
        follower.setUncaughtExceptionHandler((t, e) -> {});
        follower.start();
        follower.interrupt();
        assertThat(follower.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void aLogThatCannotBeWrittenCostsEntriesButNotTheContainer() throws Exception {
        Path gone = folder.resolve("gone");
        log = ContainerLog.of(gone, "x", Optional.of(LARGE), clock);
        log.open();
        print(false, "lost\n");
        assertThat(log.problem()).hasValueSatisfying(p -> assertThat(p).contains("lost"));
        assertThat(log.position()).isEqualTo(new LogPosition(5, 0));

        Files.createDirectory(gone);
        print(false, "kept\n");
        assertThat(log.problem()).isEmpty();
        assertThat(texts(read(ALL))).containsExactly("kept\n");
        assertThat(ContainerLog.of(gone, "x", Optional.of(LARGE), clock).open())
                .isEqualTo(new LogPosition(10, 0));
    }

    private void print(boolean error, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        log.append(error, bytes, bytes.length);
    }

    private List<LogLine> read(LogOptions options) {
        List<LogLine> lines = new ArrayList<>();
        log.read(options, lines::add);
        return lines;
    }

    private static LogOptions options(boolean follow, Optional<Integer> tail) {
        return new LogOptions(follow, Optional.empty(), Optional.empty(), tail, true, true);
    }

    private static LogOptions options(boolean stdout, boolean stderr) {
        return new LogOptions(
                false, Optional.empty(), Optional.empty(), Optional.empty(), stdout, stderr);
    }

    private static LogOptions options(Instant since, Instant until) {
        return new LogOptions(
                false, Optional.of(since), Optional.of(until), Optional.empty(), true, true);
    }

    private static List<String> texts(List<LogLine> lines) {
        return lines.stream().map(ContainerLogTest::text).toList();
    }

    private static String text(LogLine line) {
        return new String(line.content(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(List<LogLine> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        lines.forEach(l -> bytes.writeBytes(l.content()));
        return bytes.toByteArray();
    }

    /** A second passes at each look. */
    private static final class TickingClock extends Clock {
        static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
        private Instant next = START;

        @Override
        public synchronized Instant instant() {
            Instant now = next;
            next = next.plusSeconds(1);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
