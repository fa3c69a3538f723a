// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.runtime.SystemInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with installed and deployed bundles, for whoever asks how the daemon is. */
final class DriverProblems {
    private static final Logger LOG = LoggerFactory.getLogger(DriverProblems.class);

    private final Map<String, String> lines = new ConcurrentSkipListMap<>();

    void report(String about, String line) {
        if (!line.equals(lines.put(about, line))) {
            LOG.warn("{}", line);
        }
    }

    void solved(String about) {
        lines.remove(about);
    }

    /** {@return the system, with what is wrong here} */
    SystemInfo addedTo(SystemInfo info) {
        List<String> all = new ArrayList<>(info.problems());
        all.addAll(lines.values());
        return new SystemInfo(
                info.version(),
                info.root(),
                info.running(),
                info.stopped(),
                info.images(),
                info.cpus(),
                info.memoryBytes(),
                info.hostKernel(),
                info.operatingSystem(),
                info.daemonMemoryBytes(),
                info.machineMemoryBytes(),
                info.drivers(),
                all);
    }

    /** {@return what is wrong now} */
    List<String> all() {
        return List.copyOf(lines.values());
    }
}
