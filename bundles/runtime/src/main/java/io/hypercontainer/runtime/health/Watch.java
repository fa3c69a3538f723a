// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.runtime.restart.Sleeper;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Looks after one container while it runs. */
final class Watch {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final HealthCheck check;
    private final Instant started;
    private final Patient patient;
    private final Checkup checkup;
    private final Threading threads;
    private final Sleeper sleeper;
    private Health health = Diagnosis.UNKNOWN; // guarded by this
    private @Nullable Thread thread; // guarded by this

    Watch(
            String name,
            HealthCheck check,
            Instant started,
            Patient patient,
            Checkup checkup,
            Threading threads,
            Sleeper sleeper) {
        this.name = name;
        this.check = check;
        this.started = started;
        this.patient = patient;
        this.checkup = checkup;
        this.threads = threads;
        this.sleeper = sleeper;
    }

    Duration interval() {
        return check.interval();
    }

    /** Begins, or goes on after a rest. */
    synchronized void go(Duration first) {
        if (thread == null) {
            thread = threads.start(name, () -> run(first));
        }
    }

    private void run(Duration first) {
        try {
            sleeper.sleep(first);
            while (true) {
                var result = checkup.make();
                if (result.isPresent()) {
                    note(result.get());
                }
                sleeper.sleep(check.interval());
            }
        } catch (InterruptedException e) {
            // It rests or has ended.
        }
    }

    /** What a check says counts only if it was made in peace. */
    private synchronized void note(Health.Check result) {
        if (!Thread.currentThread().equals(thread)) {
            return;
        }
        Health before = health;
        health = Diagnosis.with(before, check, started, result);
        patient.noted(before, health);
    }

    /** Makes no more checks. One that is being made is killed, for that is worth a little time. */
    void rest() throws InterruptedException {
        Thread resting = stop();
        if (resting != null) {
            resting.join(PATIENCE);
        }
    }

    /** As {@link #rest}, for a container that has ended. */
    void end() {
        stop();
    }

    private synchronized @Nullable Thread stop() {
        Thread stopped = thread;
        thread = null;
        if (stopped != null) {
            stopped.interrupt();
        }
        return stopped;
    }
}
