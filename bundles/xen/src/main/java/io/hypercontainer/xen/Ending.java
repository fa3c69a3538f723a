// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.hypervisor.VmExit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Says how a machine ended. Xen has forgotten its domain by then; what its kernel said last tells
 * it.
 */
final class Ending {
    private static final String OFF = "reboot: Power down";

    /**
     * What a kernel that has nothing to switch off says instead: a PVH guest has no ACPI for it.
     */
    private static final String HALTED = "reboot: System halted";

    private static final String RESTART = "reboot: Restarting system";
    private static final String PANIC = "Kernel panic";
    private static final int LINES = 12;

    private Ending() {}

    /**
     * @param console its last lines
     * @param killed why this driver has killed it, empty if it has not
     */
    static VmExit of(List<String> console, String killed, Instant at) {
        if (!killed.isEmpty()) {
            return new VmExit(false, killed, at);
        }
        var panic = last(console, PANIC);
        if (panic.isPresent()) {
            // The line that matters stands before a stack trace that would push it out of sight.
            return new VmExit(false, "the guest's kernel gave up: " + panic.get(), at);
        }
        if (last(console, RESTART).isPresent()) {
            return new VmExit(false, "the guest restarted itself", at);
        }
        if (last(console, OFF).or(() -> last(console, HALTED)).isPresent()) {
            return new VmExit(true, "the guest powered itself off", at);
        }
        var words = console.subList(Math.max(0, console.size() - LINES), console.size());
        return new VmExit(
                false,
                words.isEmpty()
                        ? "its domain is gone; the console is empty"
                        : "its domain is gone; last on the console: " + String.join(" | ", words),
                at);
    }

    private static Optional<String> last(List<String> console, String text) {
        return console.reversed().stream()
                .filter(l -> l.contains(text))
                .findFirst()
                .map(l -> l.substring(l.indexOf(text)));
    }
}
