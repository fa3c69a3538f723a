// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.Health.Status;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.runtime.restart.ManualSleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BUSY = Duration.ofSeconds(1);
    private static final String ID = "a".repeat(64);
    private static final String OTHER = "b".repeat(64);

    private final ManualSleeper sleeper = new ManualSleeper();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Instant now = Instant.parse("2026-11-24T12:00:00Z");
    private final HealthMonitor monitor =
            new HealthMonitor(1, this::thread, sleeper, clock(), Duration.ofMillis(20));
    private final FakePatient patient = new FakePatient();

    private synchronized Thread thread(String name, Runnable work) {
        Thread thread = Thread.ofVirtual().name(name).start(work);
        threads.add(thread);
        return thread;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    /** A container that executes what the test has prepared. */
    private static final class FakePatient implements Patient {
        final BlockingQueue<Object> checks = new LinkedBlockingQueue<>();
        final BlockingQueue<List<String>> executed = new LinkedBlockingQueue<>();
        final BlockingQueue<Status> changes = new LinkedBlockingQueue<>();
        volatile Health health = new Health(Status.UNHEALTHY, -1, List.of());

        FakePatient will(Object... next) {
            checks.addAll(List.of(next));
            return this;
        }

        @Override
        public Attachment execute(List<String> command) throws CannotExecute {
            executed.add(command);
            Object next = checks.remove();
            if (next instanceof CannotExecute e) {
                throw e;
            }
            if (next instanceof RuntimeException e) {
                throw e;
            }
            return (Attachment) next;
        }

        @Override
        public void noted(Health before, Health now) {
            health = now;
            if (before.status() != now.status()) {
                changes.add(now.status());
            }
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        monitor.end(ID);
        monitor.end(OTHER);
        for (Thread thread : List.copyOf(threads)) {
            thread.join();
        }
    }

    private static HealthCheck check(Duration startPeriod, int retries) {
        return new HealthCheck(List.of("well", "?"), INTERVAL, TIMEOUT, startPeriod, retries);
    }

    private void begin(HealthCheck check) {
        monitor.begin(ID, check, now, false, patient);
    }

    private Health health() {
        return patient.health;
    }

    /** Lets one interval pass, and waits for the check. */
    private void round() throws InterruptedException {
        sleeper.pass(INTERVAL);
        patient.executed.take();
        // The next interval begins when the check is over.
        sleeper.awaitSleeping(INTERVAL);
    }

    @Test
    void isStartingUntilTheFirstCheckSucceeds() throws Exception {
        begin(check(Duration.ZERO, 3));
        assertThat(health()).isEqualTo(new Health(Status.STARTING, 0, List.of()));
        patient.will(FakeCheck.ended(0, "fine"));
        sleeper.pass(INTERVAL);
        assertThat(patient.executed.take()).containsExactly("well", "?");
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
        assertThat(health())
                .isEqualTo(
                        new Health(
                                Status.HEALTHY, 0, List.of(new Health.Check(now, now, 0, "fine"))));
    }

    @Test
    void asManyFailuresInARowAsAllowedMakeItUnhealthy() throws Exception {
        begin(check(Duration.ZERO, 2));
        patient.will(
                FakeCheck.ended(0, ""),
                FakeCheck.ended(1, "bad"),
                FakeCheck.ended(0, ""),
                FakeCheck.ended(1, "bad"),
                FakeCheck.ended(7, "worse"),
                FakeCheck.ended(1, "bad"),
                FakeCheck.ended(0, ""));
        round();
        round();
        assertThat(health())
                .returns(Status.HEALTHY, Health::status)
                .returns(1, Health::failingStreak);
        round();
        round();
        round();
        assertThat(health())
                .returns(Status.UNHEALTHY, Health::status)
                .returns(2, Health::failingStreak);
        round();
        assertThat(health()).returns(3, Health::failingStreak);
        assertThat(health().log())
                .extracting(Health.Check::exitCode)
                .containsExactly(1, 0, 1, 7, 1);
        round();
        assertThat(patient.changes)
                .containsExactly(Status.HEALTHY, Status.UNHEALTHY, Status.HEALTHY);
    }

    @Test
    void failuresWhileItStartsDoNotCount() throws Exception {
        begin(check(Duration.ofMinutes(1), 1));
        patient.will(FakeCheck.ended(1, ""), FakeCheck.ended(1, ""));
        now = now.plusSeconds(30);
        round();
        assertThat(health())
                .returns(Status.STARTING, Health::status)
                .returns(0, Health::failingStreak);
        now = now.plusSeconds(30);
        round();
        assertThat(health()).returns(Status.UNHEALTHY, Health::status);
    }

    @Test
    void aCheckThatTakesTooLongIsKilled() throws Exception {
        begin(check(Duration.ZERO, 1));
        FakeCheck hanging = FakeCheck.hanging("so far");
        patient.will(hanging);
        sleeper.pass(INTERVAL);
        sleeper.pass(BUSY);
        sleeper.pass(TIMEOUT.minus(BUSY));
        assertThat(patient.changes.take()).isEqualTo(Status.UNHEALTHY);
        assertThat(hanging.signals).contains(9);
        assertThat(health().log())
                .singleElement()
                .returns(-1, Health.Check::exitCode)
                .returns("Health check exceeded timeout (5s): so far", Health.Check::output);
        hanging.closed.get();
    }

    @Test
    void noCheckBeginsBeforeAStuckOneIsGone() throws Exception {
        begin(check(Duration.ZERO, 3));
        FakeCheck stuck = FakeCheck.stuck();
        patient.will(stuck, FakeCheck.ended(0, ""));
        sleeper.pass(INTERVAL);
        sleeper.pass(BUSY);
        sleeper.pass(TIMEOUT.minus(BUSY));
        sleeper.pass(INTERVAL);
        sleeper.awaitSleeping(INTERVAL);
        assertThat(patient.executed).hasSize(1);
        assertThat(health().log())
                .extracting(Health.Check::output)
                .last()
                .asString()
                .contains("earlier check cannot be ended");
        stuck.exit(0);
        patient.executed.clear();
        round();
        assertThat(health()).returns(Status.HEALTHY, Health::status);
    }

    @Test
    void whatCannotBeExecutedIsNotWell() throws Exception {
        begin(check(Duration.ZERO, 2));
        patient.will(
                new CannotExecute("well: no such file", true),
                new Conflict("it does not run any more"),
                new Unavailable("the guest is silent"));
        round();
        round();
        assertThat(health().log()).hasSize(1);
        round();
        assertThat(health().log())
                .extracting(c -> c.exitCode() + " " + c.output())
                .containsExactly("-1 well: no such file", "-1 the guest is silent");
        assertThat(patient.changes).containsExactly(Status.UNHEALTHY);
    }

    @Test
    void onlyTheBeginningOfItsOutputIsKept() throws Exception {
        begin(check(Duration.ZERO, 2));
        FakeCheck chatty = FakeCheck.ended(0, "x" + "é".repeat(1 << 20));
        patient.will(chatty);
        round();
        assertThat(health().log().getFirst().output()).isEqualTo("x" + "é".repeat(2047));
        assertThat(chatty.out.available()).isZero();
    }

    @Test
    void noMoreThanAFewAreMadeAtOnceAndALongOneGivesItsPlaceAway() throws Exception {
        begin(check(Duration.ZERO, 3));
        FakeCheck slow = FakeCheck.hanging("");
        patient.will(slow);
        sleeper.pass(INTERVAL);
        sleeper.awaitSleeping(BUSY);
        FakePatient other = new FakePatient().will(FakeCheck.ended(0, ""));
        monitor.begin(OTHER, check(Duration.ZERO, 3), now, false, other);
        sleeper.pass(INTERVAL);
        sleeper.awaitNobody(INTERVAL);
        assertThat(other.executed).isEmpty();
        sleeper.pass(BUSY);
        assertThat(other.changes.take()).isEqualTo(Status.HEALTHY);
        slow.exit(0);
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void aPausedContainerIsLeftInPeace() throws Exception {
        begin(check(Duration.ZERO, 1));
        FakeCheck hanging = FakeCheck.hanging("");
        patient.will(hanging);
        sleeper.pass(INTERVAL);
        sleeper.awaitSleeping(BUSY);
        monitor.pause(ID);
        assertThat(hanging.signals).containsExactly(9);
        sleeper.awaitNobody(INTERVAL);
        assertThat(health()).isEqualTo(new Health(Status.STARTING, 0, List.of()));
        monitor.resume(ID);
        patient.will(FakeCheck.ended(0, ""));
        sleeper.pass(INTERVAL);
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void oneThatIsFoundPausedIsLeftInPeaceToo() throws Exception {
        monitor.begin(ID, check(Duration.ZERO, 1), now, true, patient);
        sleeper.awaitNobody(INTERVAL);
        assertThat(health()).isEqualTo(new Health(Status.STARTING, 0, List.of()));
        monitor.resume(ID);
        patient.will(FakeCheck.ended(0, ""));
        sleeper.pass(INTERVAL);
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void nothingIsSaidAboutAContainerThatHasEnded() throws Exception {
        begin(check(Duration.ZERO, 1));
        FakeCheck hanging = FakeCheck.hanging("");
        patient.will(hanging);
        sleeper.pass(INTERVAL);
        sleeper.awaitSleeping(BUSY);
        monitor.end(ID);
        hanging.closed.get();
        assertThat(patient.changes).isEmpty();
    }

    @Test
    void oneThatIsFoundRunningIsCheckedAsIfNothingHadHappened() throws Exception {
        patient.will(FakeCheck.ended(0, ""));
        monitor.begin(ID, check(Duration.ZERO, 1), now.minusSeconds(25), false, patient);
        sleeper.pass(Duration.ofSeconds(5));
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
        monitor.end(ID);
        sleeper.awaitNobody(INTERVAL);
        patient.will(FakeCheck.ended(0, ""));
        monitor.begin(ID, check(Duration.ZERO, 1), now.minusSeconds(2500), false, patient);
        sleeper.pass(Duration.ZERO);
        assertThat(patient.changes.take()).isEqualTo(Status.HEALTHY);
    }
}
