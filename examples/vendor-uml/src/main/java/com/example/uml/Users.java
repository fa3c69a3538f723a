// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives each machine a user id of its own. Which are taken is seen from the host's processes, so
 * nothing has to be remembered.
 */
final class Users {
    private final int first;
    private final int count;

    /** Taken by machines whose processes do not run yet, or whose files are not yet given back. */
    private final Set<Integer> reserved = new HashSet<>();

    /**
     * @param count how many there are, 0 if machines run as the daemon's user
     */
    Users(int first, int count) {
        this.first = first;
        this.count = count;
    }

    /** {@return an id that no process has, -1 if machines run as the daemon's user} */
    synchronized int take() {
        if (count == 0) {
            return -1;
        }
        var taken = ofProcesses();
        taken.addAll(reserved);
        for (var uid = first; uid < first + count; uid++) {
            if (!taken.contains(uid)) {
                reserved.add(uid);
                return uid;
            }
        }
        throw new Unavailable(
                "all %d user ids of machines are in use: raise uid.count of com.example.uml"
                        .formatted(count));
    }

    /** Takes the id of a machine that runs already. */
    synchronized void take(int uid) {
        reserved.add(uid);
    }

    synchronized void giveBack(int uid) {
        reserved.remove(uid);
    }

    private static Set<Integer> ofProcesses() {
        try (var processes = ProcessHandle.allProcesses()) {
            return processes
                    .map(p -> owner(p.pid()))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    private static int owner(long pid) {
        try {
            return (Integer) Files.getAttribute(HostProcess.file(pid, ""), "unix:uid");
        } catch (IOException e) {
            return -1; // it has ended
        }
    }
}
