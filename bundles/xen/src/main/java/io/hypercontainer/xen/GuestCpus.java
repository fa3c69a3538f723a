// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many CPUs a running guest has. Xen makes all that it can get; the guest's kernel uses those
 * that xenstore says. A guest that uses more gets no more processor time for it.
 */
final class GuestCpus {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PERCENT = 100;

    private final Xl xl;
    private final XenStore store;
    private final int room;

    /**
     * @param room how many CPUs a machine can get while it runs
     */
    GuestCpus(Xl xl, XenStore store, int room) {
        this.xl = xl;
        this.store = store;
        this.room = Math.min(room, Bounds.MAX_CPUS);
    }

    /** {@return how many CPUs a machine can get that starts with so many} */
    int most(int cpus) {
        return canLimit() ? Math.max(room, cpus) : cpus;
    }

    /** {@return the time that so many CPUs have, in the unit of Xen's schedulers} */
    static int cap(int cpus) {
        return cpus * PERCENT;
    }

    /** {@return whether Xen's scheduler can bound a guest's time} */
    boolean canLimit() {
        try {
            return List.of("credit", "credit2").contains(scheduler());
        } catch (DriverFailure e) {
            return false; // where Xen does not run; a probe says so
        }
    }

    private String scheduler() {
        return xl.info().getOrDefault("xen_scheduler", "");
    }

    /**
     * Changes the number. Added CPUs are the guest's to switch on; those taken away are off on
     * return.
     *
     * @throws Conflict if there is no room for so many, or the guest does not let go of one;
     *     nothing has changed then
     */
    void set(MachineState state, int count) {
        if (count < 1) {
            throw new InvalidSpec("a machine needs a CPU, not " + count);
        }
        var folder = "/local/domain/" + state.domain() + "/cpu";
        var most = store.list(folder).size();
        if (count > most) {
            throw new Conflict(
                    "machine %s can get %d CPUs at most while it runs, not %d: stop it first"
                            .formatted(state.id(), most, count));
        }
        var before = (int) IntStream.range(0, most).filter(i -> isOn(folder, i)).count();
        if (count > before) {
            xl.limitCpus(scheduler(), state.domain(), cap(count));
        }
        makeAvailable(folder, count, most);
        if (count < before) {
            if (!Await.comes(
                    "the guest to let go of CPUs",
                    PATIENCE,
                    () -> xl.cpusOn(state.domain()) <= count)) {
                makeAvailable(folder, before, most);
                throw new Conflict(
                        "the guest of machine %s keeps more than %d CPUs"
                                .formatted(state.id(), count));
            }
            xl.limitCpus(scheduler(), state.domain(), cap(count));
        }
    }

    private boolean isOn(String folder, int cpu) {
        return store.read(node(folder, cpu)).filter("online"::equals).isPresent();
    }

    private void makeAvailable(String folder, int count, int most) {
        for (var cpu = 0; cpu < most; cpu++) {
            if (isOn(folder, cpu) != cpu < count) {
                store.write(node(folder, cpu), cpu < count ? "online" : "offline");
            }
        }
    }

    private static String node(String folder, int cpu) {
        return folder + "/" + cpu + "/availability";
    }
}
