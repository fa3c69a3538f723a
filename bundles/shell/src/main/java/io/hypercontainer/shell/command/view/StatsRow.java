// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.Listing;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What a container uses as a row of {@code stats}. */
public final class StatsRow {
    private static final String UNKNOWN = "--";

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.ID}}\\t{{.Name}}\\t{{.CPUPerc}}\\t{{.MemUsage}}\\t{{.MemPerc}}\\t{{.NetIO}}"
                            + "\\t{{.BlockIO}}\\t{{.PIDs}}\\t{{.HostMem}}",
                    new Fields()
                            .put("BlockIO", "BLOCK I/O")
                            .put("CPUPerc", "CPU %")
                            .put("Container", "CONTAINER")
                            .put("HostMem", "HOST MEM")
                            .put("ID", "CONTAINER ID")
                            .put("MemPerc", "MEM %")
                            .put("MemUsage", "MEM USAGE / LIMIT")
                            .put("Name", "NAME")
                            .put("NetIO", "NET I/O")
                            .put("PIDs", "PIDS"));

    private StatsRow() {}

    /**
     * A look at a container.
     *
     * @param stats what it used until then
     * @param costs what its machine costs the host
     * @param nanoTime when
     */
    public record Sample(GuestStats stats, Optional<VmStats> costs, long nanoTime) {}

    /**
     * @param container the container
     * @param before an earlier look, if there was one
     * @param now the latest look, if it runs
     * @param whole whether nothing is cut short
     * @return the row, named as docker names its fields
     */
    public static Fields of(
            Container container, Optional<Sample> before, Optional<Sample> now, boolean whole) {
        String id = whole ? container.id() : Ids.shorten(container.id());
        Optional<GuestStats> stats = now.map(Sample::stats);
        return new Fields()
                .put(
                        "BlockIO",
                        stats.map(s -> pair(s.readBytes(), s.writtenBytes())).orElse(UNKNOWN))
                .put("CPUPerc", cpu(before, now))
                .put("Container", container.name())
                .put(
                        "HostMem",
                        now.flatMap(Sample::costs)
                                .map(c -> HumanSize.binary(c.memoryBytes()))
                                .orElse(UNKNOWN))
                .put("ID", id)
                .put("MemPerc", stats.map(StatsRow::memoryShare).orElse(UNKNOWN))
                .put("MemUsage", stats.map(StatsRow::memory).orElse(UNKNOWN))
                .put("Name", container.name())
                .put(
                        "NetIO",
                        stats.map(s -> pair(s.receivedBytes(), s.sentBytes())).orElse(UNKNOWN))
                .put("PIDs", stats.map(s -> Integer.toString(s.pids())).orElse(UNKNOWN));
    }

    private static String cpu(Optional<Sample> before, Optional<Sample> now) {
        if (before.isEmpty() || now.isEmpty()) {
            return UNKNOWN;
        }
        Duration used = now.get().stats().cpuTime().minus(before.get().stats().cpuTime());
        long passed = now.get().nanoTime() - before.get().nanoTime();
        // A container that was started anew in between counts from zero again.
        return percent(Math.max(0, used.toNanos()), passed);
    }

    private static String memory(GuestStats stats) {
        return HumanSize.binary(stats.memoryBytes())
                + " / "
                + HumanSize.binary(stats.memoryLimitBytes());
    }

    private static String memoryShare(GuestStats stats) {
        return percent(stats.memoryBytes(), stats.memoryLimitBytes());
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.2f%%", whole <= 0 ? 0 : 100.0 * part / whole);
    }

    private static String pair(long in, long out) {
        return HumanSize.decimal(in) + " / " + HumanSize.decimal(out);
    }
}
