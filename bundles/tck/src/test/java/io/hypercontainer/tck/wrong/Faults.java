// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The faults of one driver, and those that all kinds of drivers may have.
 *
 * @param all the faults
 * @param root the daemon's folder
 * @param calls how many calls there are now
 */
record Faults(Set<Fault> all, Path root, AtomicInteger calls) {
    boolean has(Fault fault) {
        return all.contains(fault);
    }

    String name(Driver good) {
        return has(Fault.NAME_IN_CAPITALS) ? good.name().toUpperCase(Locale.ROOT) : good.name();
    }

    Probe probe(Driver good) {
        if (has(Fault.ONE_CALL_AT_A_TIME)) {
            alone();
        }
        if (has(Fault.PROBES_SLOWLY)) {
            sleep(1100);
        }
        if (has(Fault.PROBE_WRITES)) {
            write(root.resolve("user/probe-" + System.nanoTime()));
        }
        var probe = good.probe();
        return has(Fault.PROBE_IN_TWO_LINES)
                ? new Probe(probe.usable(), List.of("one line\nand another"), probe.facts())
                : probe;
    }

    private void alone() {
        try {
            if (calls.incrementAndGet() > 1) {
                throw new IllegalStateException("two calls at once");
            }
            sleep(20);
        } finally {
            calls.decrementAndGet();
        }
    }

    List<Holding> census(Driver good) {
        if (has(Fault.CENSUS_OF_NOTHING)) {
            return List.of();
        }
        var all = new ArrayList<>(good.census());
        if (has(Fault.CENSUS_OF_GHOSTS)) {
            all.add(new Holding.Owned("process", "1 (ghost)", "nobody"));
        }
        return all;
    }

    void dispose(Driver good, Holding holding) {
        if (has(Fault.DISPOSE_FAILS)) {
            throw new DriverFailure("there is nothing of the kind");
        }
        good.dispose(holding);
    }

    void begin() {
        if (has(Fault.WRITES_ELSEWHERE)) {
            write(root.resolve("elsewhere"));
        }
    }

    static void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
