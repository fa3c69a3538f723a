// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final EventLimits LIMITS = new EventLimits(100, 64 * 1024);

    @TempDir Path folder;

    private final Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    private final List<Optional<String>> trouble = new ArrayList<>();

    private EventLog open(EventLimits limits) {
        return new EventLog(folder, limits, clock, trouble::add);
    }

    private static Event event(int second, String id) {
        return new Event(
                NOON.minusSeconds(1000 - second), "container", "start", id, Map.of("name", "web"));
    }

    /** Reads all that there is. */
    private static List<String> ids(EventLog log) {
        return ids(log, Instant.EPOCH, NOON);
    }

    private static List<String> ids(EventLog log, Instant since, Instant until) {
        List<String> ids = new ArrayList<>();
        log.read(Optional.of(since), Optional.of(until), e -> ids.add(e.id()));
        return ids;
    }

    @Test
    void theNextDaemonKnowsWhatHappened() {
        Event event =
                new Event(
                        NOON.minusNanos(1),
                        "container",
                        "exec_create: sh -c \"x\"",
                        "a",
                        Map.of("k", "line\nbreak"));
        try (EventLog log = open(LIMITS)) {
            log.publish(event);
        }
        try (EventLog log = open(LIMITS)) {
            List<Event> seen = new ArrayList<>();
            log.read(Optional.of(Instant.EPOCH), Optional.of(NOON), seen::add);
            assertThat(seen).containsExactly(event);
        }
    }

    @Test
    void aDaemonThatIsKilledLosesNothing() {
        // Not closed, as nobody closes it then.
        open(LIMITS).publish(event(1, "a"));
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("a");
        }
    }

    @Test
    void sinceAndUntilAreTheFirstAndTheLastWanted() {
        try (EventLog log = open(LIMITS)) {
            for (int i = 1; i <= 5; i++) {
                log.publish(event(i, "e" + i));
            }
            Instant second = event(2, "").time();
            assertThat(ids(log, second, second.plusSeconds(2))).containsExactly("e2", "e3", "e4");
            List<String> none = new ArrayList<>();
            log.read(Optional.empty(), Optional.of(NOON), e -> none.add(e.id()));
            assertThat(none).isEmpty();
        }
    }

    @Test
    void aTornLastLineCostsThatEventAlone() throws IOException {
        Path file = folder.resolve("events.log");
        try (EventLog log = open(LIMITS)) {
            log.publish(event(1, "a"));
            log.publish(event(2, "b"));
        }
        byte[] content = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(content, content.length - 7));
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("a");
            log.publish(event(3, "c"));
        }
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("a", "c");
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(trouble).containsOnly(Optional.empty());
    }

    @Test
    void nonsenseIsSkipped() throws IOException {
        try (EventLog log = open(LIMITS)) {
            log.publish(event(1, "a"));
        }
        Files.write(
                folder.resolve("events.log"),
                ("\0\0\0\n{}\n[1]\n"
                                + "{\"time\":\"x\",\"type\":\"t\",\"action\":\"a\",\"id\":\"i\","
                                + "\"attributes\":{\"n\":null}}\n"
                                + "x".repeat(3 * EventCodec.LONGEST_LINE))
                        .getBytes(UTF_8),
                StandardOpenOption.APPEND);
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("a");
            log.publish(event(2, "b"));
        }
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("a", "b");
        }
    }

    @Test
    void theOldestGoFirst() throws IOException {
        EventLimits few = new EventLimits(10, 4096);
        try (EventLog log = open(few)) {
            for (int i = 0; i < 1000; i++) {
                log.publish(event(i % 900, "e" + i));
            }
            assertThat(ids(log)).hasSize(10).endsWith("e998", "e999").startsWith("e990");
        }
        assertThat(Files.size(folder.resolve("events.log"))).isLessThanOrEqualTo(4096);
        assertThat(Files.size(folder.resolve("events.log.1"))).isLessThanOrEqualTo(4096);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
        try (EventLog log = open(new EventLimits(1000, 4096))) {
            assertThat(ids(log)).hasSizeGreaterThan(10).endsWith("e998", "e999");
        }
    }

    @Test
    void noEventIsLongerThanALine() {
        Event huge =
                new Event(
                        NOON.minusSeconds(1),
                        "container",
                        "exec_start: " + "x".repeat(1 << 20),
                        "id",
                        Map.of("name", "web", "label", "é".repeat(1 << 20), "half", "\ud800"));
        open(LIMITS).publish(huge);
        try (EventLog log = open(LIMITS)) {
            List<Event> seen = new ArrayList<>();
            log.read(Optional.of(Instant.EPOCH), Optional.of(NOON), seen::add);
            assertThat(seen).hasSize(1);
            assertThat(seen.getFirst().attributes())
                    .containsOnlyKeys("name", "half")
                    .containsEntry("name", "web");
            assertThat(seen.getFirst().action()).startsWith("exec_start: xxx").hasSize(768);
        }
    }

    @Test
    void wordsFitHoweverTheyAreEscaped() {
        String evil = "\u0001".repeat(5000);
        open(LIMITS).publish(new Event(NOON.minusSeconds(1), evil, evil, evil, Map.of(evil, evil)));
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("\u0001".repeat(768));
        }
    }

    @Test
    void soManyLabelsDoNotFitEither() {
        Map<String, String> labels = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            labels.put("label" + i, "value");
        }
        labels.put("name", "web");
        try (EventLog log = open(LIMITS)) {
            log.publish(new Event(NOON.minusSeconds(1), "container", "start", "a", labels));
            List<Event> seen = new ArrayList<>();
            log.read(Optional.of(Instant.EPOCH), Optional.of(NOON), seen::add);
            assertThat(seen.getFirst().attributes()).containsEntry("name", "web");
            assertThat(seen.getFirst().attributes()).hasSizeBetween(100, 1000);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenLosesNothingElse() throws IOException {
        Path file = folder.resolve("events.log");
        Files.createDirectory(file); // even root cannot write to it
        try (EventLog log = open(LIMITS)) {
            trouble.clear();
            log.publish(event(1, "a"));
            log.publish(event(2, "b"));
            assertThat(ids(log)).containsExactly("a", "b");
            assertThat(trouble).hasSize(2);
            assertThat(trouble.getFirst()).isEqualTo(trouble.getLast()).isPresent();
            Files.delete(file);
            log.publish(event(3, "c"));
            assertThat(trouble.getLast()).isEmpty();
        }
        try (EventLog log = open(LIMITS)) {
            assertThat(ids(log)).containsExactly("c");
        }
    }

    @Test
    void whoFollowsGetsEachOnceAndInOrder() throws Exception {
        try (EventLog log = open(new EventLimits(10_000, 4 << 20))) {
            log.publish(event(1, "0"));
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            Thread follower =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    log.read(
                                            Optional.of(Instant.EPOCH),
                                            Optional.empty(),
                                            e -> seen.add(e.id()));
                                } catch (RuntimeException e) {
                                    end.complete(e);
                                }
                            });
            assertThat(seen.take()).isEqualTo("0");
            for (int i = 1; i < 2000; i++) {
                log.publish(event(i % 900, "" + i));
            }
            for (int i = 1; i < 2000; i++) {
                assertThat(seen.take()).isEqualTo("" + i);
            }
            follower.interrupt();
            assertThat(end.get()).isInstanceOf(Interrupted.class);
        }
    }

    @Test
    void aReaderThatStandsStillHoldsNobodyUp() throws Exception {
        try (EventLog log = open(new EventLimits(10, 64 * 1024))) {
            log.publish(event(1, "first"));
            CompletableFuture<Void> reading = new CompletableFuture<>();
            CompletableFuture<Void> goOn = new CompletableFuture<>();
            List<String> seen = new ArrayList<>();
            Thread reader =
                    Thread.ofVirtual()
                            .start(() ->
                                    log.read(
                                            Optional.of(Instant.EPOCH),
                                            Optional.of(NOON),
                                            e -> {
                                                seen.add(e.id());
                                                reading.complete(null);
                                                goOn.join();
                                            }));
            reading.get();
            for (int i = 0; i < 100; i++) {
                log.publish(event(2, "e" + i));
            }
            goOn.complete(null);
            reader.join();
            assertThat(seen).hasSize(11).startsWith("first", "e90").endsWith("e99");
        }
    }

    @Test
    void returnsWhenTheTimeHasCome() {
        try (EventLog log = new EventLog(folder, LIMITS, Clock.systemUTC(), t -> trouble.add(t))) {
            Instant soon = Instant.now().plusMillis(50);
            log.read(Optional.empty(), Optional.of(soon), e -> {});
            assertThat(Instant.now()).isAfterOrEqualTo(soon);
        }
    }

    @Test
    void theEndOfTheDaemonEndsReaders() {
        EventLog log = open(LIMITS);
        log.publish(event(1, "a"));
        log.close();
        log.publish(event(2, "too late"));
        List<String> seen = new ArrayList<>();
        assertThatThrownBy(() ->
                        log.read(
                                Optional.of(Instant.EPOCH),
                                Optional.empty(),
                                e -> seen.add(e.id())))
                .isInstanceOf(Unavailable.class);
        assertThat(seen).containsExactly("a");
    }
}
