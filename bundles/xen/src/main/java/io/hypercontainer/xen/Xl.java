// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Xen's tool stack. */
final class Xl {
    private final String program;
    private final Map<String, String> info = new HashMap<>();

    Xl(String program) {
        this.program = program;
    }

    String program() {
        return program;
    }

    /** Makes a domain that does not run yet. */
    void create(Path config) {
        // It leaves a process that destroys the domain when it has ended.
        run("create", "-q", "-p", config.toString());
    }

    void unpause(int domain) {
        run("unpause", Integer.toString(domain));
    }

    void pause(int domain) {
        run("pause", Integer.toString(domain));
    }

    void destroy(int domain) {
        run("destroy", Integer.toString(domain));
    }

    void attachDisk(int domain, String disk) {
        run("block-attach", Integer.toString(domain), disk);
    }

    void detachDisk(int domain, String name) {
        run("block-detach", Integer.toString(domain), name);
    }

    /**
     * {@return facts of the host, such as {@code virt_caps}; they are the same until it boots anew}
     */
    synchronized Map<String, String> info() {
        if (info.isEmpty()) {
            run("info")
                    .lines()
                    .map(l -> l.split(":", 2))
                    .filter(l -> l.length == 2)
                    .forEach(l -> info.put(l[0].strip(), l[1].strip()));
        }
        return info;
    }

    /**
     * {@return the processor time that a domain has used; of this nothing but the row of a list
     * tells, whose last field it is}
     */
    Optional<Duration> processorTime(int domain) {
        try {
            var row = run("list", Integer.toString(domain)).strip();
            var seconds = Double.parseDouble(row.substring(row.lastIndexOf(' ') + 1));
            return Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
        } catch (DriverFailure | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String run(String... words) {
        var all = new ArrayList<>(List.of(program));
        all.addAll(List.of(words));
        return Programs.run(all);
    }
}
