// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.VmExit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Says how a machine ended, from what its monitor and its kernel have left in the folder. */
final class Ending {
    private static final String PANIC = "Kernel panic";
    private static final String RESTART = "reboot: Restarting system";
    private static final int LINES = 12;
    private static final int SIGNALLED = 128; // how the JDK reports a process ended by a signal

    private Ending() {}

    /**
     * @param killed why this driver has killed it, empty if it has not
     */
    static VmExit of(MachineFolder folder, String killed, Instant at) {
        var status = status(folder.exit());
        var console = console(folder);
        if (status == 0) {
            // The kernel ends in the same way whether it is switched off or starts anew.
            return last(console, RESTART).isEmpty()
                    ? new VmExit(true, "the guest powered itself off", at)
                    : new VmExit(false, "the guest restarted itself", at);
        }
        if (!killed.isEmpty()) {
            return new VmExit(false, killed, at);
        }
        var panic = last(console, PANIC);
        if (!panic.isEmpty()) {
            // The line that matters stands before a stack trace that would push it out of sight.
            return new VmExit(false, "the guest's kernel gave up: " + panic, at);
        }
        var what =
                status < 0
                        ? "its processes were killed"
                        : status > SIGNALLED
                                ? "its kernel was killed by signal " + (status - SIGNALLED)
                                : "its kernel ended with status " + status;
        var words = console.subList(Math.max(0, console.size() - LINES), console.size());
        return new VmExit(
                false,
                what
                        + (words.isEmpty()
                                ? "; the console is empty"
                                : "; last on the console: " + String.join(" | ", words)),
                at);
    }

    /** {@return the kernel's exit status, -1 if the monitor ended before it} */
    private static int status(Path file) {
        try (var in = Files.newInputStream(file)) {
            return Integer.parseInt(new String(in.readNBytes(8), StandardCharsets.US_ASCII));
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    private static List<String> console(MachineFolder folder) {
        try {
            return ConsoleTail.of(folder, 200);
        } catch (DriverFailure e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static String last(List<String> console, String text) {
        return console.reversed().stream()
                .filter(l -> l.contains(text))
                .findFirst()
                .map(l -> l.substring(l.indexOf(text)))
                .orElse("");
    }
}
