// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.runtime.restart.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Looks after all running containers that want it. */
public final class HealthMonitor {
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final Threading threads;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Duration patience;

    /**
     * @param atOnce how many checks are made at the same time
     * @param threads starts threads
     * @param sleeper lets time pass
     * @param clock dates checks
     * @param patience how long a guest may take to kill a check
     */
    public HealthMonitor(
            int atOnce, Threading threads, Sleeper sleeper, Clock clock, Duration patience) {
        this.places = new Semaphore(atOnce, true);
        this.threads = threads;
        this.sleeper = sleeper;
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * A container runs, or is found running.
     *
     * @param id the container's id
     * @param check how it is checked
     * @param started when it was started
     * @param paused whether it is paused
     * @param patient the container
     */
    public void begin(
            String id, HealthCheck check, Instant started, boolean paused, Patient patient) {
        String name = "health-" + id.substring(0, 12);
        Checkup checkup =
                new Checkup(name, check, patient, places, threads, sleeper, clock, patience);
        Watch watch = new Watch(name, check, started, patient, checkup, threads, sleeper);
        Watch before = watches.put(id, watch);
        if (before != null) {
            before.end();
        }
        patient.noted(Diagnosis.UNKNOWN, Diagnosis.UNKNOWN);
        if (paused) {
            return;
        }
        Duration left = check.interval().minus(Duration.between(started, clock.instant()));
        watch.go(left.isNegative() ? Duration.ZERO : left);
    }

    /**
     * A container is about to be paused: makes no checks until it goes on.
     *
     * @param id the container's id
     */
    public void pause(String id) {
        Watch watch = watches.get(id);
        try {
            if (watch != null) {
                watch.rest();
            }
        } catch (InterruptedException e) {
            throw new Interrupted("pausing the health check of container " + id, e);
        }
    }

    /**
     * A container is not paused any more.
     *
     * @param id the container's id
     */
    public void resume(String id) {
        Watch watch = watches.get(id);
        if (watch != null) {
            watch.go(watch.interval());
        }
    }

    /**
     * A container does not run any more.
     *
     * @param id the container's id
     */
    public void end(String id) {
        Watch watch = watches.remove(id);
        if (watch != null) {
            watch.end();
        }
    }
}
