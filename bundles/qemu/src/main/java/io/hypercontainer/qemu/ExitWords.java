// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.VmExit;
import java.time.Instant;
import java.util.List;

/** Says how a machine ended. */
final class ExitWords {
    static final String UNKNOWN = "qemu ended; it was adopted, so its exit status is unknown";
    private static final String PANIC = "Kernel panic";
    private static final int LINES = 12;
    private static final int SIGNALLED = 128; // how the JDK reports a process ended by a signal

    private ExitWords() {}

    static String ofStatus(int status) {
        return status > SIGNALLED
                ? "qemu was ended by signal " + (status - SIGNALLED)
                : "qemu ended with status " + status;
    }

    /**
     * @param shutdown reason of QEMU's last SHUTDOWN event, empty if there was none
     * @param killed whether the runtime asked for the end
     * @param how what became of the process
     * @param console what the console last showed
     */
    static VmExit exit(
            String shutdown, boolean killed, String how, List<String> console, Instant at) {
        if (shutdown.equals("guest-shutdown")) {
            return new VmExit(true, "the guest powered itself off", at);
        }
        if (killed) {
            return new VmExit(false, "it was killed", at);
        }
        var what =
                switch (shutdown) {
                    case "" -> how;
                    case "guest-reset", "guest-panic" -> panic(console);
                    default -> how + " (" + shutdown + ")";
                };
        var last = console.subList(Math.max(0, console.size() - LINES), console.size());
        return new VmExit(
                false,
                last.isEmpty()
                        ? what + "; the console is empty"
                        : what + "; last on the console: " + String.join(" | ", last),
                at);
    }

    /** The line that matters stands before a stack trace that would push it out of sight. */
    private static String panic(List<String> console) {
        return console.reversed().stream()
                .filter(l -> l.contains(PANIC))
                .findFirst()
                .map(l -> "the guest's kernel gave up: " + l.substring(l.indexOf(PANIC)))
                .orElse("the guest restarted itself");
    }
}
