// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Stopping a machine for a while, and changing its size while it runs. */
@Contract
@DisplayName("Pause and size")
public final class PauseAndSize {
    private static final long MIB = 1 << 20;
    private static final long QUIET = 700;
    private Guest guest;

    @BeforeAll
    void boot(Kit kit) {
        guest = new MachinePlan(kit, "size").boot();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(1)
    @DisplayName("pause stops all virtual CPUs, and does nothing if they are stopped")
    void pause(Kit kit) throws InterruptedException {
        Needs.capability(kit, Capability.PAUSE);
        var counter = guest.start("while :; do echo x; done");
        var count = new AtomicLong();
        var reader =
                CompletableFuture.runAsync(() -> {
                    try {
                        while (counter.stdout().read() >= 0) {
                            count.incrementAndGet();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        Await.until("the guest's first lines", () -> count.get() > 100);

        try {
            guest.machine().pause();
            same("the state", VmState.PAUSED, guest.machine().state());
            guest.machine().pause();
            // What was on its way arrives; then nothing comes any more, however long one waits.
            var arrived = quiet(count);
            Thread.sleep(QUIET);
            same("the number of lines while it was paused", arrived, count.get());

            guest.machine().resume();
            same("the state", VmState.RUNNING, guest.machine().state());
            Await.until("more lines after resume", () -> count.get() > arrived + 100);
        } finally {
            guest.machine().resume();
            counter.signal(9);
            reader.join();
        }
    }

    /** Waits until nothing has come for a while; for a machine that goes on that is never. */
    private static long quiet(AtomicLong count) {
        long[] last = {count.get(), System.nanoTime()};
        Await.until(
                "the end of the guest's output after pause",
                () -> {
                    if (count.get() != last[0]) {
                        last[0] = count.get();
                        last[1] = System.nanoTime();
                    }
                    return System.nanoTime() - last[1] > QUIET * 1_000_000;
                });
        return last[0];
    }

    @Test
    @Order(2)
    @DisplayName("A paused machine can be killed")
    void killPaused(Kit kit) {
        Needs.capability(kit, Capability.PAUSE);
        try (var other = new MachinePlan(kit, "paused").boot()) {
            other.machine().pause();
            other.machine().kill();

            same("the state", VmState.ENDED, other.machine().state());
            Remains.nothingOf(kit, other.machine());
        }
    }

    @Test
    @Order(3)
    @DisplayName("setMemory changes the memory of the running guest; returns when it has as much")
    void memory(Kit kit) {
        Needs.capability(kit, Capability.RESIZE_MEMORY);
        var before = kib();

        guest.machine().setMemory(MachinePlan.MEMORY + 256 * MIB);
        var more = kib();
        that(more > before + 200 * 1024, "the guest had %d KiB, and has %d", before, more);

        guest.machine().setMemory(MachinePlan.MEMORY - 64 * MIB);
        var less = kib();
        that(less < before - 32 * 1024, "the guest had %d KiB, and has %d", before, less);
        guest.machine().setMemory(MachinePlan.MEMORY);
        same("what the guest says", "0", guest.run("echo 0").ok());
    }

    private long kib() {
        return Long.parseLong(
                guest.run("sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo").ok());
    }

    @Test
    @Order(4)
    @DisplayName("setMemory: Conflict if there is no room for so much; the guest keeps what it had")
    void tooMuchMemory(Kit kit) {
        Needs.capability(kit, Capability.RESIZE_MEMORY);
        var before = kib();

        refused("memory of 1 PiB", () -> guest.machine().setMemory(1L << 50), Conflict.class);

        same("the guest's memory", before, kib());
    }

    @Test
    @Order(5)
    @DisplayName("setMemory: Conflict if the guest uses more and does not let go of it")
    void memoryInUse(Kit kit) {
        Needs.capability(kit, Capability.RESIZE_MEMORY);
        var before = kib();
        // Its output is not read, so it keeps what it has read.
        var holder = guest.start("exec dd if=/dev/zero bs=64M count=1");
        Await.until("the guest's use of memory", () -> used() > 60_000);

        refused(
                "64 MiB in all, which the guest uses",
                () -> guest.machine().setMemory(64 * MIB),
                Conflict.class);

        same("the guest's memory", before, kib());
        that(used() > 60_000, "the guest's process has been killed");
        holder.signal(9);
    }

    private long used() {
        return Long.parseLong(
                guest.run(
                                "awk '/^VmRSS/ {if ($2 > m) m = $2} END {print m + 0}' /proc/[0-9]*/status")
                        .ok());
    }

    @Test
    @Order(6)
    @DisplayName("setCpus changes the number of virtual CPUs of the running guest")
    void cpus(Kit kit) {
        Needs.capability(kit, Capability.RESIZE_CPUS);

        guest.machine().setCpus(2);

        Await.until("two CPUs in the guest", () -> guest.run("nproc").ok().equals("2"));
    }

    @Test
    @Order(7)
    @DisplayName("setCpus: Conflict if there is no room for so many; nothing has changed then")
    void tooManyCpus(Kit kit) {
        Needs.capability(kit, Capability.RESIZE_CPUS);
        var before = guest.run("nproc").ok();

        refused("100000 CPUs", () -> guest.machine().setCpus(100_000), Conflict.class);

        same("the number of CPUs", before, guest.run("nproc").ok());
    }
}
