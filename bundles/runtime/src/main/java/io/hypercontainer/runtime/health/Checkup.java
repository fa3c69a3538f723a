// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.runtime.restart.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Makes the checks of one container, one after the other. */
final class Checkup {
    /** Who takes longer waits rather than works, and gives its place to the next. */
    private static final Duration BUSY = Duration.ofSeconds(1);

    private final String name;
    private final HealthCheck check;
    private final Patient patient;
    private final Semaphore places;
    private final Threading threads;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Duration patience;
    private @Nullable CheckProcess stuck;

    Checkup(
            String name,
            HealthCheck check,
            Patient patient,
            Semaphore places,
            Threading threads,
            Sleeper sleeper,
            Clock clock,
            Duration patience) {
        this.name = name;
        this.check = check;
        this.patient = patient;
        this.places = places;
        this.threads = threads;
        this.sleeper = sleeper;
        this.clock = clock;
        this.patience = patience;
    }

    /** {@return what came out; empty if the container does not run any more} */
    Optional<Health.Check> make() throws InterruptedException {
        try (Place place = new Place(places)) {
            Instant start = clock.instant();
            if (!isFree()) {
                return failed(start, "the process of an earlier check cannot be ended");
            }
            try {
                CheckProcess process =
                        new CheckProcess(name, patient.execute(check.test()), threads, patience);
                return Optional.of(follow(process, start, place));
            } catch (Conflict e) {
                return Optional.empty();
            } catch (Interrupted e) {
                throw new InterruptedException(e.getMessage());
            } catch (CannotExecute | HyperException e) {
                return failed(start, String.valueOf(e.getMessage()));
            }
        }
    }

    /** No check begins before the one that took too long is gone, or they would pile up. */
    private boolean isFree() throws InterruptedException {
        CheckProcess before = stuck;
        if (before == null) {
            return true;
        }
        before.kill();
        if (before.isGone()) {
            stuck = null;
            return true;
        }
        return false;
    }

    private Health.Check follow(CheckProcess process, Instant start, Place place)
            throws InterruptedException {
        CompletableFuture<Void> timeUp = new CompletableFuture<>();
        Thread timer = threads.start(name + "-time", () -> limit(place, timeUp));
        try {
            CompletableFuture.anyOf(process.end(), timeUp).get();
        } catch (ExecutionException e) {
            return result(
                    start, -1, "the check was lost: " + process.end().exceptionNow().getMessage());
        } catch (InterruptedException e) {
            process.kill();
            throw e;
        } finally {
            timer.interrupt();
        }
        if (!process.end().isDone()) {
            stuck = process;
            var _ = isFree();
            String said = process.output();
            return result(
                    start,
                    -1,
                    "Health check exceeded timeout ("
                            + words(check.timeout())
                            + ")"
                            + (said.isEmpty() ? "" : ": " + said));
        }
        ExitStatus status = process.end().join();
        process.awaitOutput();
        return result(start, status.exitCode(), process.output());
    }

    private void limit(Place place, CompletableFuture<Void> timeUp) {
        Duration first = check.timeout().compareTo(BUSY) < 0 ? check.timeout() : BUSY;
        try {
            sleeper.sleep(first);
            place.close();
            sleeper.sleep(check.timeout().minus(first));
            timeUp.complete(null);
        } catch (InterruptedException e) {
            // The check has ended in time.
        }
    }

    private Health.Check result(Instant start, int exitCode, String output) {
        return new Health.Check(start, clock.instant(), exitCode, output);
    }

    private Optional<Health.Check> failed(Instant start, String why) {
        return Optional.of(result(start, -1, why));
    }

    /** {@return {@code 1m30s}, as users write it} */
    private static String words(Duration time) {
        return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
