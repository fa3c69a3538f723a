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

    void attachNic(int domain, List<String> nic) {
        var words = new ArrayList<>(List.of("network-attach", Integer.toString(domain)));
        words.addAll(nic);
        run(words.toArray(String[]::new));
    }

    void detachNic(int domain, int number) {
        run("network-detach", Integer.toString(domain), Integer.toString(number));
    }

    /** Bounds the memory that a domain can take. */
    void limitMemory(int domain, long mebibytes) {
        run("mem-max", Integer.toString(domain), mebibytes + "m");
    }

    /** Bounds the processor time of a domain. */
    void limitCpus(String scheduler, int domain, int percent) {
        run("sched-" + scheduler, "-d", Integer.toString(domain), "-c", Integer.toString(percent));
    }

    /**
     * {@return facts of the host, such as {@code virt_caps}; they are the same until it boots anew}
     */
    synchronized Map<String, String> info() {
        if (info.isEmpty()) {
            info.putAll(currentInfo());
        }
        return info;
    }

    /** {@return memory that no domain has, in MiB} */
    long freeMemory() {
        return Long.parseLong(currentInfo().getOrDefault("free_memory", "0"));
    }

    private Map<String, String> currentInfo() {
        var facts = new HashMap<String, String>();
        run("info")
                .lines()
                .map(l -> l.split(":", 2))
                .filter(l -> l.length == 2)
                .forEach(l -> facts.put(l[0].strip(), l[1].strip()));
        return facts;
    }

    /**
     * What Xen knows of a domain; of this nothing but the row of a list tells.
     *
     * @param memory in MiB
     * @param processorTime that it has used
     */
    record Usage(long memory, Duration processorTime) {}

    /** {@return what a domain has and has used, empty if it is gone} */
    Optional<Usage> usage(int domain) {
        try {
            // Name, number, memory, CPUs, state, seconds; no name of a machine has a space.
            var rows = run("list", Integer.toString(domain)).strip().lines().toList();
            var row = rows.getLast().split("\\s+");
            var seconds = Double.parseDouble(row[row.length - 1]);
            return Optional.of(
                    new Usage(
                            Long.parseLong(row[2]), Duration.ofMillis(Math.round(seconds * 1000))));
        } catch (DriverFailure | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** {@return how many CPUs of a domain are switched on} */
    long cpusOn(int domain) {
        // Name, number, CPU, where it runs, state: "--p" is off.
        return run("vcpu-list", Integer.toString(domain))
                .lines()
                .skip(1)
                .filter(l -> !l.matches(".*\\s--p\\s.*"))
                .count();
    }

    private String run(String... words) {
        var all = new ArrayList<>(List.of(program));
        all.addAll(List.of(words));
        return Programs.run(all);
    }
}
