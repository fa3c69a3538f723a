// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many CPUs a running guest has. The first one stays; the last come and go. An emulated machine
 * only gets more: QEMU 7.2 corrupts its memory when a CPU comes to where another has been.
 */
final class GuestCpus {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A request made while the guest is busy with another can get lost; it is then repeated. */
    private static final Duration REPEAT = Duration.ofSeconds(3);

    private final Qmp qmp;
    private final boolean removable;

    /**
     * @param removable whether CPUs can be taken away
     */
    GuestCpus(Qmp qmp, boolean removable) {
        this.qmp = qmp;
        this.removable = removable;
    }

    /**
     * Changes the number. Added CPUs are the guest's to switch on; removed ones are gone on return.
     *
     * @throws Conflict if there is no room for it, or if they can only be taken from a machine that
     *     does not run
     */
    void set(int count) {
        var slots = slots();
        if (count < 1) {
            throw new InvalidSpec("a machine needs a CPU, not " + count);
        }
        if (count > slots.size()) {
            throw new Conflict(
                    "the machine can get %d CPUs at most while it runs, not %d: stop it first"
                            .formatted(slots.size(), count));
        }
        if (!removable && slots.stream().skip(count).anyMatch(s -> !path(s).isEmpty())) {
            throw new Conflict(
                    "CPUs cannot be taken from an emulated machine while it runs: stop it first");
        }
        for (var slot = 0; slot < count; slot++) {
            if (path(slots.get(slot)).isEmpty()) {
                add(slots.get(slot), slot);
            }
        }
        for (var slot = slots.size() - 1; slot >= count; slot--) {
            if (!path(slots.get(slot)).isEmpty()) {
                remove(slot);
            }
        }
    }

    private void add(JsonNode slot, int number) {
        var device = JSON.createObjectNode().put("driver", slot.path("type").asString(""));
        device.setAll((ObjectNode) slot.path("props"));
        qmp.execute("device_add", device.put("id", "cpu" + number));
    }

    private void remove(int slot) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        var asked = System.nanoTime() - REPEAT.toNanos();
        for (var path = path(slots().get(slot)); !path.isEmpty(); path = path(slots().get(slot))) {
            if (System.nanoTime() > end) {
                throw new DeadlineExceeded(
                        "the guest has not let go of CPU %d within %d s"
                                .formatted(slot, PATIENCE.toSeconds()));
            }
            if (System.nanoTime() - asked >= REPEAT.toNanos()) {
                qmp.execute("device_del", Map.of("id", path));
                asked = System.nanoTime();
            }
            pause();
        }
    }

    /** {@return all CPUs that there can be, in the order in which they come} */
    private List<JsonNode> slots() {
        return qmp.execute("query-hotpluggable-cpus")
                .valueStream()
                .sorted(Comparator.comparingInt(GuestCpus::order))
                .toList();
    }

    private static int order(JsonNode slot) {
        var props = slot.path("props");
        return props.path("socket-id").asInt(0) << 16 | props.path("core-id").asInt(0);
    }

    /** {@return where the CPU is in QEMU's tree, empty if it is not there} */
    private static String path(JsonNode slot) {
        return slot.path("qom-path").asString("");
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new Interrupted("change a guest's CPUs", e);
        }
    }
}
