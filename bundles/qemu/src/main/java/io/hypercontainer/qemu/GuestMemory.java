// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/**
 * How much memory a running guest has. What it gets beyond that of its boot comes from a virtio-mem
 * device, which is plugged in when it is first needed, and which takes memory back in blocks that
 * the guest has emptied. The balloon takes the rest: below the memory of the boot, and where the
 * guest cannot empty a block. QEMU knows all of it, so nothing has to be noted.
 */
final class GuestMemory {
    static final String BALLOON = "balloon";
    static final String BACKEND = "added";
    static final String DEVICE = "memory";
    static final String RAM = "ram";

    static final long BLOCK = 2L << 20; // what the guest's kernel can plug, and QEMU's default
    private static final String OBJECTS = "/objects";
    private static final String MACHINE = "/machine";
    private static final String PERIPHERAL = MACHINE + "/peripheral";
    private static final long MIB = 1 << 20;

    /** The guest uses added memory in such blocks, some time after it has taken them. */
    private static final long ONLINE_BLOCK = 128 * MIB;

    private static final Duration ONLINE = Duration.ofSeconds(10);

    /** What the guest must have left after it has given up memory; below, it begins to kill. */
    private static final long RESERVE = 16 * MIB;

    /** For a guest that is just booting, on a host that has much to do. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /** A guest that has not given up anything for this long is not going to. */
    private static final Duration STALLED = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Qmp qmp;
    private final int port;

    /**
     * @param port the root port that is kept for the device
     */
    GuestMemory(Qmp qmp, int port) {
        this.qmp = qmp;
        this.port = port;
    }

    /**
     * Changes the size. If the guest does not follow, it gets back what it had.
     *
     * @throws Conflict if there is no room for it, or the guest does not give up what it uses
     */
    void set(long bytes) {
        var boot = get(MACHINE, "memory").path("size").asLong();
        var most = boot + get(MACHINE, "device-memory-region-size").asLong();
        if (bytes % MIB != 0 || bytes < Machine.LEAST_MEMORY) {
            throw new InvalidSpec(
                    "memory of %d bytes is no multiple of 1 MiB of at least %d MiB"
                            .formatted(bytes, Machine.LEAST_MEMORY / MIB));
        }
        if (bytes > most) {
            throw new Conflict(
                    "the machine can get %d MiB at most while it runs, not %d MiB: stop it first"
                            .formatted(most / MIB, bytes / MIB));
        }
        var plugged = plugged();
        var kept = kept();
        var now = kept + plugged;
        if (bytes < now) {
            checkThatItCanSpare(now - bytes, bytes);
        }
        try {
            plug(roundUp(Math.max(0, bytes - boot)), most - boot);
            balloon(Math.min(boot, bytes - plugged()));
            if (kept() + plugged() != bytes) {
                throw new Conflict(
                        "the guest has %d MiB and does not follow to %d MiB"
                                .formatted((kept() + plugged()) / MIB, bytes / MIB));
            }
        } catch (RuntimeException e) {
            giveBack(kept, plugged);
            throw e;
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void plug(long target, long most) {
        if (has(PERIPHERAL, DEVICE)) {
            request(target);
        } else if (target > 0) {
            if (!has(OBJECTS, BACKEND)) {
                // Where the virtiofs daemons can map the memory of the boot, they need this too.
                var shared = isShared();
                qmp.execute("object-add", Devices.addedMemory(most / BLOCK * BLOCK, shared));
            }
            qmp.execute("device_add", Devices.memory(port, target));
        }
        var stalled = target > plugged() ? ANSWER : STALLED;
        if (awaitChange(this::plugged, target, stalled) != target) {
            // The guest would go on trying for ever.
            request(plugged());
        }
    }

    private void balloon(long target) {
        if (target < Math.min(kept(), Machine.LEAST_MEMORY)) {
            throw new Conflict("the guest does not let go of the memory that was added to it");
        }
        qmp.execute("balloon", Map.of("value", target));
        awaitChange(this::kept, target, ANSWER);
    }

    private void giveBack(long kept, long plugged) {
        if (has(PERIPHERAL, DEVICE)) {
            request(plugged);
        }
        qmp.execute("balloon", Map.of("value", kept));
    }

    /** {@return whether other processes can map the memory} */
    boolean isShared() {
        return has(OBJECTS, RAM) && get(OBJECTS + "/" + RAM, "share").asBoolean(false);
    }

    /** {@return what virtio-mem has plugged in now} */
    private long plugged() {
        return has(PERIPHERAL, DEVICE) ? get(PERIPHERAL + "/" + DEVICE, "size").asLong() : 0;
    }

    /** {@return what the balloon leaves of the memory of the boot} */
    private long kept() {
        return qmp.execute("query-balloon").path("actual").asLong();
    }

    private void request(long size) {
        set(PERIPHERAL + "/" + DEVICE, "requested-size", size);
    }

    /** Asks the guest how much is available, so that it is not driven into killing processes. */
    private void checkThatItCanSpare(long less, long bytes) {
        var balloon = PERIPHERAL + "/" + BALLOON;
        var asked = Instant.now().getEpochSecond();
        set(balloon, "guest-stats-polling-interval", 1);
        try {
            var online = System.nanoTime() + ONLINE.toNanos();
            while (true) {
                var stats = statsSince(asked);
                var said = stats.path("stats");
                var available = said.path("stat-available-memory").asLong();
                if (available - less >= RESERVE) {
                    return;
                }
                var missing = bytes + less - said.path("stat-total-memory").asLong();
                if (missing < ONLINE_BLOCK || System.nanoTime() > online) {
                    throw new Conflict(
                            "the guest uses too much for %d MiB: it could do with %d MiB"
                                    .formatted(
                                            bytes / MIB,
                                            (bytes + less - available + RESERVE) / MIB + 1));
                }
                asked = stats.path("last-update").asLong() + 1;
            }
        } finally {
            set(balloon, "guest-stats-polling-interval", 0);
        }
    }

    private JsonNode statsSince(long second) {
        var balloon = PERIPHERAL + "/" + BALLOON;
        var end = System.nanoTime() + ANSWER.toNanos();
        var stats = get(balloon, "guest-stats");
        while (stats.path("last-update").asLong() < second) {
            if (System.nanoTime() > end) {
                throw new Conflict("the guest does not say how much memory it can spare");
            }
            pause();
            stats = get(balloon, "guest-stats");
        }
        return stats;
    }

    private static long awaitChange(LongSupplier value, long target, Duration stalled) {
        var begin = System.nanoTime();
        var last = value.getAsLong();
        var moved = begin;
        while (last != target
                && System.nanoTime() - moved < stalled.toNanos()
                && System.nanoTime() - begin < PATIENCE.toNanos()) {
            pause();
            var now = value.getAsLong();
            if (now != last) {
                last = now;
                moved = System.nanoTime();
            }
        }
        return last;
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new Interrupted("change a guest's memory", e);
        }
    }

    private boolean has(String folder, String name) {
        return qmp.execute("qom-list", Map.of("path", folder))
                .valueStream()
                .anyMatch(o -> o.path("name").asString("").equals(name));
    }

    private JsonNode get(String path, String property) {
        return qmp.execute("qom-get", Map.of("path", path, "property", property));
    }

    private void set(String path, String property, long value) {
        qmp.execute("qom-set", Map.of("path", path, "property", property, "value", value));
    }
}
