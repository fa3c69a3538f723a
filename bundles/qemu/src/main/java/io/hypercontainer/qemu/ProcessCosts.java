// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.VmStats;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What a machine's processes cost, from {@code /proc}. */
final class ProcessCosts {
    private static final long MILLIS_PER_TICK = 10;
    private static final String PSS = "Pss:";

    private ProcessCosts() {}

    static VmStats of(MachineState state) {
        var daemons = state.shares().stream().flatMap(s -> Stream.ofNullable(s.daemon()));
        var processes =
                Stream.concat(Stream.of(state.running()), daemons)
                        .filter(ProcessIdentity::alive)
                        .flatMapToLong(p -> withDescendants(p.pid()))
                        .toArray();
        var ticks =
                LongStream.of(processes)
                        .map(p -> ProcessIdentity.stat(p).map(s -> s.cpuTicks()).orElse(0L))
                        .sum();
        return new VmStats(
                Duration.ofMillis(ticks * MILLIS_PER_TICK),
                LongStream.of(processes).map(ProcessCosts::pss).sum());
    }

    private static LongStream withDescendants(long pid) {
        var descendants = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants);
        return LongStream.concat(LongStream.of(pid), descendants.mapToLong(ProcessHandle::pid));
    }

    private static long pss(long pid) {
        try (var lines = Files.lines(ProcessIdentity.proc(pid, "smaps_rollup"))) {
            return lines.filter(l -> l.startsWith(PSS))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // it ended meanwhile
        }
    }
}
