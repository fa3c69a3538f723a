// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * How much memory a running guest has. Its kernel follows a target in xenstore: a balloon gives
 * memory back, and what it gets beyond that of its boot is added. Xen sees to it that a guest has
 * no more than its target, and tells what it has, so nothing of this has to be noted.
 */
final class GuestMemory {
    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;

    /** What the guest must have left after it has given up memory; below, it begins to kill. */
    private static final long RESERVE = 16 * MIB;

    /** What Xen needs for itself to give a guest more. */
    private static final long SLACK = 16;

    /** A guest that has not got or given up anything for this long is not going to. */
    private static final Duration STALLED = Duration.ofSeconds(10);

    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Xl xl;
    private final XenStore store;

    GuestMemory(Xl xl, XenStore store) {
        this.xl = xl;
        this.store = store;
    }

    /** {@return the memory that a guest shall have, in bytes} */
    long get(MachineState state) {
        return Long.parseLong(store.read(target(state)).orElse("0")) * KIB;
    }

    /**
     * Changes the size. If the guest does not follow, it gets back what it had.
     *
     * @throws Conflict if there is no room for it, or the guest does not give up what it uses
     */
    void set(MachineState state, long bytes) {
        Bounds.checkMemory(state.id(), bytes);
        var before = get(state);
        if (bytes > before) {
            checkThatHostCanSpare(state, bytes, bytes - before);
            xl.limitMemory(state.domain(), bytes / MIB);
        } else if (bytes < before) {
            checkThatGuestCanSpare(state, bytes, before - bytes);
        }
        try {
            store.write(target(state), Long.toString(bytes / KIB));
            follow(state, bytes / MIB);
            if (bytes < before) {
                xl.limitMemory(state.domain(), bytes / MIB);
            }
        } catch (RuntimeException e) {
            giveBack(state, before, e);
            throw e;
        }
    }

    /** What has failed matters more than that this does, too. */
    private void giveBack(MachineState state, long before, RuntimeException why) {
        try {
            store.write(target(state), Long.toString(before / KIB));
            xl.limitMemory(state.domain(), before / MIB);
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    private void checkThatHostCanSpare(MachineState state, long bytes, long more) {
        var free = xl.freeMemory();
        if (more / MIB > free - SLACK) {
            throw new Conflict(
                    "machine %s cannot get %d MiB: Xen has %d MiB left, and %d MiB are missing"
                            .formatted(state.id(), bytes / MIB, free, more / MIB));
        }
    }

    /** Asks the guest how much is available, so that it is not driven into killing processes. */
    private void checkThatGuestCanSpare(MachineState state, long bytes, long less) {
        var available = available(state);
        if (available - less < RESERVE) {
            throw new Conflict(
                    "the guest of machine %s uses too much for %d MiB: it could do with %d MiB"
                            .formatted(
                                    state.id(),
                                    bytes / MIB,
                                    (bytes + less - available + RESERVE) / MIB + 1));
        }
    }

    private long available(MachineState state) {
        var home = "/local/domain/" + state.domain();
        var question = UUID.randomUUID().toString().substring(0, 8);
        store.write(home + "/memory/hyper-asked", question);
        if (!Await.comes(
                "a guest's answer",
                ANSWER,
                () -> answer(home).filter(a -> a.startsWith(question + " ")).isPresent())) {
            throw new Conflict(
                    "the guest of machine %s does not say how much memory it can spare"
                            .formatted(state.id()));
        }
        try {
            return Long.parseLong(answer(home).orElse("").substring(question.length() + 1));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new DriverFailure(
                    "the guest of machine %s does not say a number for its memory"
                            .formatted(state.id()),
                    e);
        }
    }

    private Optional<String> answer(String home) {
        return store.read(home + "/data/hyper-available");
    }

    /** Waits until the guest has so much, as long as there is progress. */
    private void follow(MachineState state, long wanted) {
        var last = has(state);
        var moved = System.nanoTime();
        // A few pages more or less are Xen's own.
        while (Math.abs(last - wanted) > 1) {
            if (System.nanoTime() - moved > STALLED.toNanos()) {
                throw new Conflict(
                        "the guest of machine %s has %d MiB and does not follow to %d MiB"
                                .formatted(state.id(), last, wanted));
            }
            pause();
            var now = has(state);
            if (now != last) {
                last = now;
                moved = System.nanoTime();
            }
        }
    }

    private long has(MachineState state) {
        return xl.usage(state.domain())
                .orElseThrow(
                        () -> new Conflict("virtual machine %s has ended".formatted(state.id())))
                .memory();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new Interrupted("change a guest's memory", e);
        }
    }

    private static String target(MachineState state) {
        return "/local/domain/" + state.domain() + "/memory/target";
    }
}
