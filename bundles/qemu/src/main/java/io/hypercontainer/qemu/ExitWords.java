// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.VmExit;
import java.time.Instant;
import java.util.List;

/** Says how a machine ended. */
final class ExitWords {
    static final String UNKNOWN = "qemu ended; it was adopted, so its exit status is unknown";
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
     * @param console the last lines of the console
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
                    case "guest-reset", "guest-panic" ->
                            "the guest's kernel panicked or restarted itself";
                    default -> how + " (" + shutdown + ")";
                };
        return new VmExit(
                false,
                console.isEmpty()
                        ? what + "; the console is empty"
                        : what + "; last on the console: " + String.join(" | ", console),
                at);
    }
}
