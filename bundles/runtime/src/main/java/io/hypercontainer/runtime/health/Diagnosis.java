// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.api.runtime.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What checks say about a container, as docker sees it. */
final class Diagnosis {
    /** Before the first check. */
    static final Health UNKNOWN = new Health(Health.Status.STARTING, 0, List.of());

    private static final int LOG = 5;

    private Diagnosis() {}

    /**
     * @param before what is known
     * @param wanted how it is checked
     * @param started when the container was started
     * @param check a check more
     * @return what is known then
     */
    static Health with(Health before, HealthCheck wanted, Instant started, Health.Check check) {
        List<Health.Check> log = new ArrayList<>(before.log());
        log.add(check);
        if (log.size() > LOG) {
            log.removeFirst();
        }
        if (check.exitCode() == 0) {
            return new Health(Health.Status.HEALTHY, 0, log);
        }
        Duration age = Duration.between(started, check.start());
        if (before.status() == Health.Status.STARTING && age.compareTo(wanted.startPeriod()) < 0) {
            return new Health(before.status(), before.failingStreak(), log);
        }
        int failures = before.failingStreak() + 1;
        return new Health(
                failures >= wanted.retries() ? Health.Status.UNHEALTHY : before.status(),
                failures,
                log);
    }
}
